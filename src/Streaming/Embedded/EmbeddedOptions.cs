using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>How an embedded log is opened. All but <see cref="Partitions"/> are settings of the process, not of the data.</summary>
public sealed record EmbeddedOptions
{
    /// <summary>Told of steps and of how far members are behind; by default nobody.</summary>
    public ILogObserver Observer { get; init; } = ILogObserver.None;

    /// <summary>Partitions of every keyed topic. Default 4, from 1 to 1024. Fixed when the folder is made: another number later is refused.</summary>
    public int Partitions { get; init; } = 4;

    /// <summary>Where append timestamps and retention take the time from. Default: the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>By which polls and waits tell how long they have waited. Default: the system's clock.</summary>
    public TimeProvider WaitClock { get; init; } = TimeProvider.System;

    /// <summary>For tests: leaves an offset out after every so many of a partition, as Kafka's markers do. Default 0: never.</summary>
    public int OffsetHoleEvery { get; init; }

    /// <summary>Memory for blocks that were read, in bytes. Default 64 MiB.</summary>
    public long BlockCacheBytes { get; init; } = 64L << 20;

    /// <summary>
    /// True: every step waits until the disk has it, so that it survives a power cut; costs a disk sync a step.
    /// Default false: a step survives the death of the process (kill -9), while a power cut or a crash of the operating system
    /// may take the last steps, always whole ones from the end.
    /// </summary>
    public bool SyncEveryStep { get; init; }

    /// <summary>For tests: what goes wrong, and where. Default: nothing.</summary>
    public IReadOnlyList<StepFault> Faults { get; init; } = [];
}
