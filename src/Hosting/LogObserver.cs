using System.Globalization;
using Microsoft.Extensions.Logging;
using Tppo.Core.Log;
using Tppo.Hosting.Instruments;
using Tppo.Streaming.Log;

namespace Tppo.Hosting;

/// <summary>What a backend tells becomes metrics and log lines.</summary>
/// <param name="loggers">Loggers.</param>
public sealed class LogObserver(ILoggerFactory loggers) : ILogObserver
{
    private readonly ILogger logger = loggers.CreateLogger<LogObserver>();

    /// <inheritdoc/>
    public void Transaction(string owner, StepOutcome outcome) =>
        LogInstruments.Transactions.WithLabels(owner, outcome.ToString().ToLowerInvariant()).Inc();

    /// <inheritdoc/>
    public void SequenceGap(string topic, long missing)
    {
        LogInstruments.SequenceGaps.WithLabels(topic).Inc(missing);
        Log.SequenceGap(logger, topic, missing);
    }

    /// <inheritdoc/>
    public void SequenceDuplicate(string topic)
    {
        LogInstruments.SequenceDuplicates.WithLabels(topic).Inc();
        Log.SequenceDuplicate(logger, topic);
    }

    /// <inheritdoc/>
    public void Restoring(string group, int partition, long remaining)
    {
        LogInstruments.StateRestoreRemaining.Set(remaining);
        if (remaining > 0) Log.Restoring(logger, group, partition, remaining);
    }

    /// <inheritdoc/>
    public void Lag(string group, TopicPartition partition, long records) =>
        LogInstruments.ConsumerLagRecords.WithLabels(group, partition.Topic, partition.Partition.ToString(CultureInfo.InvariantCulture)).Set(records);

    /// <inheritdoc/>
    public void Age(string group, string topic, TimeSpan oldest) =>
        LogInstruments.ConsumerLagSeconds.WithLabels(group, topic).Set(oldest.TotalSeconds);

    /// <inheritdoc/>
    public void Notice(string text) => Log.Notice(logger, text);

    /// <inheritdoc/>
    public void Warning(string text) => Log.Warning(logger, text);
}
