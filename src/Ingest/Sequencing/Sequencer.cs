using System.Globalization;
using System.Security.Cryptography;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Sequencing;
using Tppo.Hosting;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Streaming;
using Tppo.Streaming.Records;

namespace Tppo.Ingest.Sequencing;

/// <summary>
/// Merges the four event topics, partition by partition, into <c>timeline.v1</c>: the canonical order from which everything
/// downstream derives. What comes behind the bound goes to <c>late.v1</c>. Reads headers only; values pass through as they are.
/// </summary>
public sealed class Sequencer : IWorker, IRebalanceListener
{
    private const int BatchRecords = 16_384;
    private const int HeldMax = 8_192;
    private const string StateKey = "sequencer";
    private static readonly Dictionary<string, EventType> Types = EventTypes.All.ToDictionary(t => $"tppo.{t.Name()}.v1");
    private readonly ServiceContext context;
    private readonly IConsumer consumer;
    private readonly TimeSpan lateness;
    private readonly Dictionary<int, PartitionSequencer<LogRecord>> partitions = [];
    private readonly Dictionary<string, int> topicIndex;
    private StageProgress? stage;
    private long releasedTotal;

    /// <summary>A sequencer.</summary>
    public Sequencer(ServiceContext context)
    {
        this.context = context;
        lateness = TimeSpan.FromSeconds(context.Settings.LatenessSeconds);
        topicIndex = EventTopics.All.Index().ToDictionary(t => t.Item, t => t.Index);
        consumer = context.Log.Join("sequencer", context.Member, EventTopics.All, this);
    }

    /// <inheritdoc/>
    public string Name => "sequencer";

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        var records = consumer.Poll(BatchRecords, TimeSpan.Zero, cancellation);
        if (records.Count == 0)
        {
            stage?.Dispose();
            return false;
        }

        stage = context.Board.Start("sequence", StageUnit.Events);
        using var step = consumer.Begin();
        var released = 0;
        foreach (var batch in records.GroupBy(r => r.Partition)) released += Sequence(batch.Key, batch, step);
        if (step.Finish() != StepOutcome.Committed)
        {
            consumer.Rewind();
            foreach (var p in partitions.Keys.ToList()) partitions[p] = Restore(p, consumer.State);
        }

        stage.Count(released);
        releasedTotal += released;
        stage.Report(releasedTotal, 0, $"{releasedTotal:N0} events in order");
        Balance();
        return true;
    }

    /// <inheritdoc/>
    public void Assigned(IReadOnlyList<int> partitions, IStateReader state)
    {
        foreach (var p in partitions) this.partitions[p] = Restore(p, state);
    }

    /// <inheritdoc/>
    public void Revoked(IReadOnlyList<int> partitions)
    {
        foreach (var p in partitions) this.partitions.Remove(p);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stage?.Dispose();
        consumer.Dispose();
    }

    private PartitionSequencer<LogRecord> Restore(int partition, IStateReader state) => new(
        EventTopics.All.Count, lateness, state.Get(partition, StateKey) is { } bytes ? SequencerState.FromJson(bytes.Span) : null);

    private int Sequence(int partition, IEnumerable<LogRecord> records, IStep step)
    {
        var sequencer = partitions[partition];
        string? ended = null;
        foreach (var record in records)
        {
            if (EndMark.Is(record, out var stageId))
            {
                sequencer.End(topicIndex[record.Topic], record.Offset);
                ended = stageId;
            }
            else
            {
                Offer(sequencer, record, step);
            }
        }

        var released = 0;
        foreach (var record in sequencer.Release())
        {
            step.Append(Onward(record, Topics.Timeline, []));
            released++;
        }

        if (ended is not null && sequencer.HasEnded)
        {
            step.Append(EndMark.Of(ended, Topics.Timeline, partition));
            sequencer.Reopen();
        }

        step.Put(partition, StateKey, sequencer.State.ToJson());
        for (var t = 0; t < EventTopics.All.Count; t++) step.Commit(new TopicPartition(EventTopics.All[t], partition), sequencer.ResumeAt(t));
        return released;
    }

    private void Offer(PartitionSequencer<LogRecord> sequencer, LogRecord record, IStep step)
    {
        if (!TryOrder(record, out var order, out var cause))
        {
            if (!sequencer.Skip(topicIndex[record.Topic], record.Offset)) return;
            Metrics.DeadLetters.WithLabels(record.Topic, "malformed").Inc();
            step.Append(DeadLetter.Of(
                "ingest", cause, $"{record.Topic}/{record.Partition}/{record.Offset}", record.Value, record.Value.Length,
                Convert.ToHexStringLower(SHA256.HashData(record.Value.Span)), record.Key));
            return;
        }

        switch (sequencer.Offer(topicIndex[record.Topic], record.Offset, order, record.Header(HeaderNames.Source) ?? "", record))
        {
            case OfferOutcome.Late:
                Metrics.EventsLate.WithLabels(order.Type.Name()).Inc();
                var seconds = (sequencer.ReleasedBefore - order.Time).TotalSeconds.ToString("F3", CultureInfo.InvariantCulture);
                step.Append(Onward(record, Topics.Late, [new Header(HeaderNames.LateSeconds, seconds)]));
                break;
            case OfferOutcome.Duplicate:
                Metrics.EventsDeduplicated.Inc();
                break;
            default:
                break;
        }
    }

    private static bool TryOrder(LogRecord record, out EventOrder order, out string cause)
    {
        var (id, time, type) = (record.Header(HeaderNames.Id), record.Header(HeaderNames.Time), EventType.Search);
        order = default;
        var utc = default(DateTime);
        cause = id is null ? "expected the header ce_id, found none"
            : record.Key is null ? "expected a key, found none"
            : !EventTime.TryParse(time, out utc) ? "expected an ISO-8601 time in the header ce_time"
            : "";
        if (cause.Length == 0 && !Types.TryGetValue(record.Header(HeaderNames.Type) ?? "", out type)) cause = "expected tppo.search.v1, tppo.click.v1, tppo.purchase.v1 or tppo.visit.v1 in the header ce_type";
        if (cause.Length > 0) return false;
        order = new EventOrder(utc, type, record.Key!, id!);
        return true;
    }

    private static OutgoingRecord Onward(LogRecord record, string topic, Header[] more) => new()
    {
        Topic = topic,
        Key = record.Key,
        Partition = record.Partition,
        Value = record.Value,
        Headers = HeaderList.Extend(record.Headers, [new Header(HeaderNames.From, $"{record.Topic}/{record.Partition}/{record.Offset}"), .. more]),
    };

    // A topic that runs ahead only makes more events wait: it pauses while too many do.
    private void Balance()
    {
        foreach (var (p, sequencer) in partitions)
        {
            for (var t = 0; t < EventTopics.All.Count; t++)
            {
                var partition = new TopicPartition(EventTopics.All[t], p);
                if (sequencer.Held > HeldMax && sequencer.IsAhead(t)) consumer.Pause(partition);
                else consumer.Resume(partition);
            }
        }
    }
}
