using System.Globalization;
using Tppo.Core.Log;
using Tppo.Facts.DeadLetters;
using Tppo.Facts.Forms;
using Tppo.Hosting.Instruments;
using Tppo.Streaming.Log;

namespace Tppo.Hosting.Workers;

/// <summary>
/// Sets aside what stands on topics and is not one of our records: a dead letter with its cause, a warning that names the place, a
/// count, each once, over restarts too. Those who use the topics pass over such records by the same rule and say nothing.
/// </summary>
public sealed class Auditor : IWorker
{
    private const int BatchRecords = 4096;
    private const int NamedMax = 10_000;
    private readonly ServiceContext context;
    private readonly string service;
    private readonly IConsumer consumer;
    private readonly Func<LogRecord, string?> faultOf;
    private readonly TimeSpan? every;
    private long? looked;
    private int named;

    /// <summary>An auditor.</summary>
    /// <param name="context">What the host gives.</param>
    /// <param name="service">On whose dead-letter topic they go.</param>
    /// <param name="name">Its group on the log.</param>
    /// <param name="topics">What it looks at; all of one number of partitions.</param>
    /// <param name="faultOf">What else may be wrong with a record that has the form of a fact; null: nothing is asked.</param>
    /// <param name="every">How often it looks, where nobody need wait until it has; null: as often as there is something.</param>
    public Auditor(
        ServiceContext context, string service, string name, IReadOnlyList<string> topics, Func<LogRecord, string?>? faultOf = null, TimeSpan? every = null)
    {
        (this.context, this.service, this.every, Name) = (context, service, every, name);
        this.faultOf = faultOf ?? (_ => null);
        consumer = context.Log.Join(name, context.Member, topics);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        if (every is null) return Look(cancellation);
        if (looked is { } at && TimeProvider.System.GetElapsedTime(at) < every) return false;
        looked = TimeProvider.System.GetTimestamp();
        Look(cancellation);
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => consumer.Dispose();

    private bool Look(CancellationToken cancellation)
    {
        var records = consumer.Poll(BatchRecords, TimeSpan.Zero, cancellation);
        if (records.Count == 0) return false;
        using var step = consumer.Begin();
        var aside = new List<(LogRecord Record, string Cause)>();
        foreach (var record in records)
        {
            if ((RecordForm.Fault(record) ?? faultOf(record)) is { } cause) aside.Add((record, cause));
        }

        foreach (var (record, cause) in aside) step.Append(DeadLetter.Of(service, cause, record));
        foreach (var last in records.GroupBy(r => new TopicPartition(r.Topic, r.Partition))) step.Commit(last.Key, last.Max(r => r.Offset) + 1);
        if (step.Finish() != StepOutcome.Committed)
        {
            consumer.Rewind();
            return true;
        }

        foreach (var (record, cause) in aside) Tell(record, cause);
        return true;
    }

    private void Tell(LogRecord record, string cause)
    {
        LogInstruments.DeadLetters.WithLabels(record.Topic, "foreign").Inc();
        named++;
        if (named > NamedMax && named % NamedMax != 0) return;
        var more = named > NamedMax ? string.Create(CultureInfo.InvariantCulture, $" ({named:N0} in all)") : "";
        context.Warn($"{record.Topic}/{record.Partition}/{record.Offset}: {cause}: set aside on {Topics.DeadLetters(service)}{more}");
    }
}
