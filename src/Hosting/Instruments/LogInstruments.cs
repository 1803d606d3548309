using Prometheus;

namespace Tppo.Hosting.Instruments;

/// <summary>What the log and its groups do.</summary>
public static class LogInstruments
{
    /// <summary>Dead letters.</summary>
    public static readonly Counter DeadLetters = Metrics.CreateCounter("tppo_dlq_records_total", "Dead letters.", ["topic", "reason"]);

    /// <summary>Missing tppo-seq numbers.</summary>
    public static readonly Counter SequenceGaps = Metrics.CreateCounter("tppo_sequence_gaps_total", "Missing tppo-seq numbers.", ["topic"]);

    /// <summary>tppo-seq numbers seen twice.</summary>
    public static readonly Counter SequenceDuplicates = Metrics.CreateCounter(
        "tppo_sequence_duplicates_total", "tppo-seq numbers seen twice.", ["topic"]);

    /// <summary>Steps by how they ended.</summary>
    public static readonly Counter Transactions = Metrics.CreateCounter(
        "tppo_transactions_total", "Steps by how they ended.", ["service", "outcome"]);

    /// <summary>Records between a group and the log's end.</summary>
    public static readonly Gauge ConsumerLagRecords = Metrics.CreateGauge(
        "tppo_consumer_lag_records", "Records between a group, or a service that reads on by itself, and the log's end.", ["group", "topic", "partition"]);

    /// <summary>Age of the oldest record that a group has not read, from its append.</summary>
    public static readonly Gauge ConsumerLagSeconds = Metrics.CreateGauge(
        "tppo_consumer_lag_seconds", "Age of the oldest record that it has not read, from its append.", ["group", "topic"]);

    /// <summary>Changelog records still to be read.</summary>
    public static readonly Gauge StateRestoreRemaining = Metrics.CreateGauge(
        "tppo_state_restore_remaining_records", "Changelog records still to be read.");

    /// <summary>How far a rebuild is.</summary>
    public static readonly Gauge ReplayProgress = Metrics.CreateGauge("tppo_replay_progress_ratio", "How far a rebuild is.", ["model"]);
}
