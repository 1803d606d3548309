namespace Tppo.Core.Settings;

/// <summary>How the length-weighted penalty enters a token's reward.</summary>
public enum LengthPenalty
{
    /// <summary>lwp · r − (1 − lwp), on every token but the end token.</summary>
    Shifted,

    /// <summary>lwp · r, as the paper has it.</summary>
    Product,

    /// <summary>No penalty.</summary>
    None,
}
