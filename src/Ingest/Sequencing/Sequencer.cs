using System.Globalization;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Sequencing;
using Tppo.Facts.DeadLetters;
using Tppo.Facts.Forms;
using Tppo.Hosting;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Ingest.Sequencing;

/// <summary>
/// Merges the four event topics, partition by partition, into <c>timeline.v1</c>: the canonical order from which everything
/// downstream derives. What comes behind the bound goes to <c>late.v1</c>. What others than an importer wrote is
/// checked and redacted first: see <see cref="Admission"/>.
/// A topic that brings nothing live holds the others back until an idle mark, written here and read like any record, takes it as read.
/// </summary>
public sealed class Sequencer : IWorker, IRebalanceListener
{
    private const int BatchRecords = 16_384;
    private const int HeldMax = 8_192;
    private const string StateKey = "sequencer";
    private readonly ServiceContext context;
    private readonly IConsumer consumer;
    private readonly TimeSpan lateness;
    private readonly Dictionary<int, PartitionSequencer<LogRecord>> partitions = [];
    private readonly Dictionary<string, int> topicIndex;
    private readonly IdleWatch idle;
    private StageProgress? stage;
    private long releasedTotal;

    /// <summary>A sequencer.</summary>
    /// <param name="context">The service's context.</param>
    /// <param name="clock">Tells when a topic has been quiet for long; null: the system's.</param>
    public Sequencer(ServiceContext context, TimeProvider? clock = null)
    {
        this.context = context;
        lateness = TimeSpan.FromSeconds(context.Settings.LatenessSeconds);
        topicIndex = EventTopics.All.Index().ToDictionary(t => t.Item, t => t.Index);
        consumer = context.Log.Join("sequencer", context.Member, EventTopics.All, this);
        idle = new IdleWatch(context.Log, consumer, clock ?? TimeProvider.System, TimeSpan.FromSeconds(context.Settings.IdleSeconds));
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
            return MarkIdle();
        }

        idle.Bring(records);
        stage = context.Board.Start("sequence", StageUnit.Events);
        var released = 0;
        using (var step = consumer.Begin())
        {
            foreach (var batch in records.GroupBy(r => r.Partition)) released += Sequence(batch.Key, batch, step);
            if (!Finish(step)) return true;
        }

        stage.Count(released);
        releasedTotal += released;
        stage.Report(releasedTotal, 0, $"{releasedTotal:N0} events in order");
        Balance();
        MarkIdle();
        return true;
    }

    /// <inheritdoc/>
    public void Assigned(IReadOnlyList<int> partitions, IStateReader state)
    {
        foreach (var p in partitions)
        {
            this.partitions[p] = Restore(p, state);
            idle.Add(p);
        }
    }

    /// <inheritdoc/>
    public void Revoked(IReadOnlyList<int> partitions)
    {
        foreach (var p in partitions)
        {
            this.partitions.Remove(p);
            idle.Remove(p);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stage?.Dispose();
        consumer.Dispose();
    }

    private PartitionSequencer<LogRecord> Restore(int partition, IStateReader state) => new(
        EventTopics.All.Count, lateness, state.Get(partition, StateKey) is { } bytes ? SequencerState.FromJson(bytes.Span) : null);

    private bool Finish(IStep step)
    {
        if (step.Finish() == StepOutcome.Committed) return true;
        consumer.Rewind();
        foreach (var p in partitions.Keys.ToList()) partitions[p] = Restore(p, consumer.State);
        return false;
    }

    private int Sequence(int partition, IEnumerable<LogRecord> records, IStep step)
    {
        var sequencer = partitions[partition];
        var released = 0;
        foreach (var record in records)
        {
            var topic = topicIndex[record.Topic];
            // A mark that is none of ours goes the way of an event that is none.
            if (RecordForm.Fault(record) is not null) Offer(sequencer, record, step);
            else if (EndMark.Is(record, out var stageId)) sequencer.End(topic, record.Offset, stageId);
            else if (IdleMark.Is(record, out var time)) sequencer.Idle(topic, record.Offset, time);
            else Offer(sequencer, record, step);

            // An import ends where its last mark stands, whatever else the batch holds.
            if (sequencer.HasEnded) released += Close(partition, sequencer, step);
        }

        released += Release(sequencer, step);
        step.Put(partition, StateKey, sequencer.State.ToJson());
        for (var t = 0; t < EventTopics.All.Count; t++) step.Commit(new TopicPartition(EventTopics.All[t], partition), sequencer.ResumeAt(t));
        return released;
    }

    private static int Close(int partition, PartitionSequencer<LogRecord> sequencer, IStep step)
    {
        var released = Release(sequencer, step);
        step.Append(EndMark.Of(sequencer.EndedStage, Topics.Timeline, partition));
        sequencer.Reopen();
        return released;
    }

    private static int Release(PartitionSequencer<LogRecord> sequencer, IStep step)
    {
        var released = 0;
        foreach (var record in sequencer.Release())
        {
            step.Append(Onward(record, Topics.Timeline, []));
            released++;
        }

        return released;
    }

    // The marks go out in a step of their own: they say nothing about the records of another.
    private bool MarkIdle()
    {
        var due = partitions.SelectMany(p => idle.Due(p.Key, p.Value)).ToList();
        if (due.Count == 0) return false;
        using var step = consumer.Begin();
        foreach (var (at, topic, time) in due)
        {
            step.Append(IdleMark.Of(at.Topic, at.Partition, time));
            partitions[at.Partition].Marked(topic, time);
        }

        foreach (var p in due.Select(d => d.Partition.Partition).Distinct()) step.Put(p, StateKey, partitions[p].State.ToJson());
        if (Finish(step)) due.ForEach(d => IngestInstruments.IdleMarks.WithLabels(d.Partition.Topic).Inc());
        return true;
    }

    private void Offer(PartitionSequencer<LogRecord> sequencer, LogRecord record, IStep step)
    {
        var source = record.Header(HeaderNames.Source) ?? "";
        var isImported = source.StartsWith(Import.Importer.SourcePrefix, StringComparison.Ordinal);
        if (!Admission.TryAdmit(record, isImported, out var admitted, out var order, out var cause))
        {
            if (!sequencer.Skip(topicIndex[record.Topic], record.Offset)) return;
            LogInstruments.DeadLetters.WithLabels(record.Topic, "malformed").Inc();
            context.Warn($"{record.Topic}/{record.Partition}/{record.Offset}: {cause}: set aside on {Topics.DeadLetters(IngestService.Name)}");
            step.Append(DeadLetter.Of(IngestService.Name, cause, record));
            return;
        }

        switch (sequencer.Offer(topicIndex[record.Topic], record.Offset, order, source, admitted, isImported))
        {
            case OfferOutcome.Late:
                IngestInstruments.EventsLate.WithLabels(order.Type.Name()).Inc();
                var seconds = (sequencer.ReleasedBefore - order.Time).TotalSeconds.ToString("F3", CultureInfo.InvariantCulture);
                step.Append(Onward(admitted, Topics.Late, [new Header(HeaderNames.LateSeconds, seconds)]));
                break;
            case OfferOutcome.Duplicate:
                IngestInstruments.EventsDeduplicated.Inc();
                break;
            default:
                break;
        }
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
                idle.Pause(new TopicPartition(EventTopics.All[t], p), sequencer.Held > HeldMax && sequencer.IsAhead(t));
            }
        }
    }
}
