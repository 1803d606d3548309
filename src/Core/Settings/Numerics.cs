namespace Tppo.Core.Settings;

/// <summary>Which instruction sets the tensor kernels may use.</summary>
public enum Numerics
{
    /// <summary>Capped to AVX2, so that another machine gives the same bits. Default.</summary>
    Portable,

    /// <summary>Whatever the processor has: faster, and bits of this machine's kind only.</summary>
    Native,
}
