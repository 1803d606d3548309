using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>How the Kafka backend is opened.</summary>
public sealed record KafkaOptions
{
    /// <summary>Brokers to begin with: <c>HOST:PORT[,HOST:PORT]</c>.</summary>
    public required string BootstrapServers { get; init; }

    /// <summary>Stands before every topic, group and transaction id, so that runs share a cluster: empty, or ends in a dot.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>Partitions of keyed topics. Default 4.</summary>
    public int Partitions { get; init; } = 4;

    /// <summary>
    /// This process among those that append under the prefix, e.g. <c>labeler-0</c>: a second one of the same name fences the
    /// first. Null: reads and creates topics only.
    /// </summary>
    public string? Client { get; init; }

    /// <summary>Local folder of keyed state: a copy that speeds a restart up; the truth is on <c>window-state.v1</c>.</summary>
    public required string StateFolder { get; init; }

    /// <summary>How to authenticate; see <see cref="KafkaSecurity"/>. Default: plain text.</summary>
    public KafkaSecurity Security { get; init; } = KafkaSecurity.None;

    /// <summary>How long a silent member keeps its partitions. Default 10 s; the broker's floor is 6 s unless it says otherwise.</summary>
    public TimeSpan SessionTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a dead process's open transaction holds readers up. Default 15 s.</summary>
    public TimeSpan TransactionTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a poll waits, at least, while an assignment is due. Default a minute.</summary>
    public TimeSpan JoinPatience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a call waits for brokers that do not answer before it fails. Default two minutes.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>The same while the cluster has not been reached yet; not longer than <see cref="Patience"/>. Default a minute.</summary>
    public TimeSpan ReachPatience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Who no longer waits for brokers that do not answer: asked to stop, it need not see them come back.</summary>
    public CancellationToken Stopping { get; init; }

    /// <summary>By which everything waits. Default: the system's clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where what happens is told: transactions, gaps, rebalances, restores.</summary>
    public ILogObserver Observer { get; init; } = ILogObserver.None;

    /// <summary>Planned faults, for tests.</summary>
    public IReadOnlyList<StepFault> Faults { get; init; } = [];

    /// <summary>A planted fault, for tests of the tests: readers see what was not committed.</summary>
    internal bool ReadUncommitted { get; init; }

    /// <summary>For tests: called where a broker has answered a commit, whose markers may not stand yet.</summary>
    internal Action? CommitAnswered { get; init; }
}
