namespace Tppo.Hosting.Progress;

/// <summary>What a stage's rate counts.</summary>
public enum StageUnit
{
    /// <summary>Nothing that has a rate.</summary>
    None,

    /// <summary>Events.</summary>
    Events,

    /// <summary>Tokens.</summary>
    Tokens,
}
