namespace Tppo.TestKit;

/// <summary>What a backend's factory can arrange for the contract; cases that need more are left out and named.</summary>
[Flags]
public enum LogFeatures
{
    None = 0,

    /// <summary>Append timestamps and retention follow <see cref="LogSetup.Clock"/>.</summary>
    Clock = 1,

    /// <summary>Planned faults strike.</summary>
    Faults = 2,

    /// <summary><see cref="LogSetup.OffsetHoleEvery"/> makes holes.</summary>
    Holes = 4,

    /// <summary>Retention and compaction act when they are called, not when the broker likes.</summary>
    Retention = 8,

    /// <summary>The same storage can be closed and opened again.</summary>
    Reopen = 16,

    /// <summary>A join moves ownership at once, before the former owner polls.</summary>
    ImmediateRebalance = 32,

    /// <summary>A join under a name in use fences the earlier holder before it polls again.</summary>
    FencingByName = 64,

    All = Clock | Faults | Holes | Retention | Reopen | ImmediateRebalance | FencingByName,
}
