using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Facts.Forms;
using Tppo.Facts.Judgements;
using Tppo.Facts.Models;
using Tppo.Hosting;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Replay;
using Tppo.Steps;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Labeler;

/// <summary>
/// Has the judge score rollouts that are for labels. Records are taken in order, and as many questions are in flight as the desk has
/// room for; every answer is a fact on <c>judgements.v1</c> the moment it comes. A partition's records become <c>token-rewards.v1</c>
/// records on the same partition in their own order, as soon as all answers of the first of them stand.
/// </summary>
public sealed class LabelWorker : IWorker
{
    private const int PollRecords = 64;
    private static readonly TimeSpan PollAtLeastEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan AnswerAwaitedFor = TimeSpan.FromMilliseconds(50);
    private readonly ServiceContext context;
    private readonly IConsumer consumer;
    private readonly ModelLog models;
    private readonly JudgementLog judgements;
    private readonly JudgeDesk desk;
    private readonly CheckpointMaker checkpoints;
    private readonly LabelSampling sampling;
    private readonly LabelRecords records;
    private readonly LabelCanaries canaries;
    private readonly Dictionary<StepId, LabelStep> steps = [];
    private readonly SortedDictionary<int, Queue<PendingRecord>> pending = [];
    private StageProgress? stage;
    private long labelled, polledAt;

    /// <summary>A labeler.</summary>
    public LabelWorker(ServiceContext context)
    {
        this.context = context;
        consumer = context.Log.Join(LabelerService.Name, context.Member, [Topics.Rollouts]);
        models = new ModelLog(context.Log);
        judgements = new JudgementLog(context.Log, context.Clock);
        desk = new JudgeDesk(judgements, context.DeskFor(Purposes.Label));
        checkpoints = new CheckpointMaker(new StepContext(context.Log, context.Settings, context.Artifacts), models, context.Board, context.Warn);
        sampling = new LabelSampling(context.Settings);
        records = new LabelRecords(context);
        canaries = new LabelCanaries(context, desk);
        polledAt = context.Clock.GetTimestamp();
        JudgeInstruments.Paused.Set(context.Labels.Paused is null ? 0 : 1);
    }

    /// <inheritdoc/>
    public string Name => LabelerService.Name;

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        if (context.Judges.IsElsewhere) judgements.Refresh();
        var worked = IsAllAsked && Take(PollRecords, cancellation);
        if (!worked) StayMember(cancellation);
        worked |= Ask(cancellation);
        desk.Settle(AnswerAwaitedFor, cancellation);
        canaries.Tell();
        worked |= Write();

        // With answers outstanding, or a pause that will end, there is something left to do; labels from elsewhere may never come.
        if (!worked && desk.IsWaiting) return true;
        if (!worked && pending.Count > 0 && !context.Judges.IsElsewhere)
        {
            cancellation.WaitHandle.WaitOne(AnswerAwaitedFor);
            return true;
        }

        if (pending.Count == 0) stage?.Dispose();
        return worked;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stage?.Dispose();
        desk.Dispose();
        consumer.Dispose();
    }

    private bool IsAllAsked => pending.Values.All(q => q.All(r => r.IsAsked));

    private static StepId StepOf(LogRecord record) => StepId.TryParse(record.Header(HeaderNames.Step), out var step)
        ? step
        : throw new InvalidDataException($"{record.Topic}/{record.Partition}/{record.Offset}: {HeaderNames.Step}: expected model/ordinal");

    private bool Take(int most, CancellationToken cancellation)
    {
        var taken = consumer.Poll(most, TimeSpan.Zero, cancellation);
        polledAt = context.Clock.GetTimestamp();
        if (taken.Count == 0) return false;
        judgements.Refresh();
        if (IsAllAsked)
        {
            // Of what was asked about, histories are needed no longer.
            foreach (var step in steps.Values) step.Histories.Clear();
        }

        foreach (var group in taken.GroupBy(r => r.Partition)) Enqueue(group.Key, [.. group], cancellation);
        return true;
    }

    // The windows of a partition are looked through once for all of its records.
    private void Enqueue(int partition, List<LogRecord> taken, CancellationToken cancellation)
    {
        if (!pending.TryGetValue(partition, out var queue)) queue = pending[partition] = new Queue<PendingRecord>();
        var labels = taken.Where(IsLabel).ToDictionary(
            r => r.Offset, r => (Step: StepFor(StepOf(r), cancellation), Rows: sampling.Chosen(RolloutCodec.Decode(r.Value))));
        foreach (var step in labels.Values.GroupBy(l => l.Step)) step.Key.Load(partition, step.SelectMany(l => l.Rows));
        foreach (var record in taken)
            queue.Enqueue(labels.TryGetValue(record.Offset, out var l) ? PendingRecord.OfLabels(record, l.Step, l.Rows) : new PendingRecord(record, null, []));
    }

    // Who does not poll for minutes is taken for dead by the others; while answers are awaited it polls, and takes nothing more.
    private void StayMember(CancellationToken cancellation)
    {
        if (context.Clock.GetElapsedTime(polledAt) < PollAtLeastEvery) return;
        var owned = consumer.Assignment.ToList();
        owned.ForEach(consumer.Pause);
        Take(1, cancellation);
        foreach (var partition in owned.Intersect(consumer.Assignment)) consumer.Resume(partition);
    }

    private static bool IsLabel(LogRecord record) =>
        RecordForm.Fault(record) is null && !EndMark.Is(record, out _) && record.Header(HeaderNames.Purpose) == Purposes.Label;

    // Partition by partition, record by record, as far as there is room.
    private bool Ask(CancellationToken cancellation)
    {
        var asked = false;
        foreach (var record in pending.Values.SelectMany(q => q))
        {
            if (record.IsAsked) continue;
            stage = context.Board.Start("label", StageUnit.None);
            while (!record.IsAsked)
            {
                cancellation.ThrowIfCancellationRequested();
                var row = record.Rows[record.Asked];
                var question = Question.Of(row, record.Step!.Histories[row.WindowId].History);
                if (context.Judges.IsElsewhere)
                {
                    if (judgements.OfRollout(row.RolloutId) is not { } given) break;
                    record.Take(new PendingAnswer(given));
                }
                else
                {
                    if (!desk.HasRoom) return asked;
                    record.Take(desk.Ask(record.Step.Judge, question, Purposes.Label));
                    if (context.Judges.IsModel && sampling.CanaryFor(row) is { } canary) canaries.Ask(record.Step.Judge, canary);
                }

                asked = true;
            }
        }

        return asked;
    }

    // What is answered from a partition's first record on, in one step with its offsets.
    private bool Write()
    {
        var written = false;
        foreach (var (partition, queue) in pending)
        {
            var ready = queue.TakeWhile(r => r.IsAnswered).ToList();
            if (ready.Count == 0) continue;
            using var step = consumer.Begin();
            foreach (var record in ready) records.Write(step, record);
            step.Commit(new TopicPartition(Topics.Rollouts, partition), ready[^1].Record.Offset + 1);
            if (step.Finish() != StepOutcome.Committed)
            {
                // All is read again from where it stands; what was answered stands on the log.
                consumer.Rewind();
                pending.Clear();
                return true;
            }

            for (var i = 0; i < ready.Count; i++) queue.Dequeue();
            var rows = ready.Sum(r => r.Rows.Count);
            labelled += rows;
            stage?.Count(rows);
            stage?.Report(labelled, 0, $"{labelled:N0} responses judged");
            written = true;
        }

        foreach (var partition in pending.Where(p => p.Value.Count == 0).Select(p => p.Key).ToList()) pending.Remove(partition);
        return written;
    }

    private LabelStep StepFor(StepId stepId, CancellationToken cancellation)
    {
        if (steps.TryGetValue(stepId, out var known)) return known;
        models.Refresh();
        var name = ModelFamilies.Sibling(stepId.Model, ModelFamilies.Policy);
        var policy = models.Find(name, 0) ?? throw new InvalidOperationException($"rollouts for {stepId} are on the log, but no checkpoint of {name}");
        checkpoints.Require(policy, cancellation);
        var step = new LabelStep(context, stepId, policy, models.Cut(new StepId(policy.Model, policy.Cut))!);

        // Said before the first answer is bought.
        if (!context.Judges.IsElsewhere && (step.Judge as LogStatisticsJudge)?.Doubt(step.HeldOut()) is { } doubt) context.Warn(doubt);
        if (step.Judge is OpenAiJudge model) new JudgeCheckStep(context, judgements, desk).Require(model, step.HeldOut(), cancellation);
        return steps[stepId] = step;
    }
}
