namespace Tppo.Streaming.Faults;

/// <summary>What a planned fault does to a step.</summary>
public enum FaultMark
{
    /// <summary>Nothing is written, Finish says Aborted.</summary>
    AbortBeforeWrite,

    /// <summary>Nothing is written, Finish says Unknown.</summary>
    UnknownBeforeWrite,

    /// <summary>All is written, Finish says Unknown.</summary>
    UnknownAfterWrite,

    /// <summary>Nothing is written, Finish throws <see cref="InjectedCrashException"/>.</summary>
    CrashBeforeWrite,

    /// <summary>All is written, Finish throws <see cref="InjectedCrashException"/>.</summary>
    CrashAfterWrite,
}
