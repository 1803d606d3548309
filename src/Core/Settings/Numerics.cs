namespace Tppo.Core.Settings;

/// <summary>Which instruction sets the tensor libraries may use. A run setting: it decides the last bits of every weight.</summary>
public enum Numerics
{
    /// <summary>Capped at AVX2, and at one code path of the matrix library, so that another machine gives the same bits. Default.</summary>
    Portable,

    /// <summary>Whatever this machine is fastest with; equal bits on machines of the same kind only.</summary>
    Native,
}
