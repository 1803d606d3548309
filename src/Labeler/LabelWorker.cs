using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Forms;
using Tppo.Facts.Judgements;
using Tppo.Facts.Models;
using Tppo.Facts.Rollouts;
using Tppo.Hosting;
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
/// Has the judge score rollouts that are for labels: every answer is a fact on <c>judgements.v1</c> before it is used, then
/// each rollouts record becomes one <c>token-rewards.v1</c> record on the same partition, in order.
/// </summary>
public sealed class LabelWorker : IWorker
{
    private const int PollRecords = 64;
    private readonly ServiceContext context;
    private readonly IConsumer consumer;
    private readonly ModelLog models;
    private readonly JudgementLog judgements;
    private readonly JudgeDesk desk;
    private readonly CheckpointMaker checkpoints;
    private readonly Dictionary<StepId, LabelStep> steps = [];
    private StageProgress? stage;
    private long labelled;

    /// <summary>A labeler.</summary>
    public LabelWorker(ServiceContext context)
    {
        this.context = context;
        consumer = context.Log.Join(LabelerService.Name, context.Member, [Topics.Rollouts]);
        models = new ModelLog(context.Log);
        judgements = new JudgementLog(context.Log);
        desk = new JudgeDesk(judgements);
        checkpoints = new CheckpointMaker(new StepContext(context.Log, context.Settings, context.Artifacts), models, context.Board, context.Warn);
    }

    /// <inheritdoc/>
    public string Name => LabelerService.Name;

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        var records = consumer.Poll(PollRecords, TimeSpan.Zero, cancellation);
        if (records.Count == 0) return false;
        foreach (var partition in records.GroupBy(r => r.Partition))
        {
            using var step = consumer.Begin();
            var ours = partition.Where(r => RecordForm.Fault(r) is null).ToList();
            foreach (var group in ours.Where(r => r.Header(HeaderNames.Purpose) == Purposes.Label).GroupBy(r => r.Header(HeaderNames.Step)))
                Label(StepOf(group.Key, group.First()), [.. group], step, cancellation);
            foreach (var record in ours)
            {
                if (EndMark.Is(record, out var ended)) step.Append(EndMark.Of(ended, Topics.TokenRewards, record.Partition));
            }

            foreach (var record in partition) step.Commit(new TopicPartition(record.Topic, record.Partition), record.Offset + 1);
            if (step.Finish() == StepOutcome.Committed) continue;
            consumer.Rewind();
            return true;
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stage?.Dispose();
        consumer.Dispose();
    }

    private static StepId StepOf(string? header, LogRecord record) => StepId.TryParse(header, out var step)
        ? step
        : throw new InvalidDataException($"{record.Topic}/{record.Partition}/{record.Offset}: {HeaderNames.Step}: expected model/ordinal, found '{header}'");

    private void Label(StepId stepId, List<LogRecord> records, IStep step, CancellationToken cancellation)
    {
        stage = context.Board.Start("label", StageUnit.None);
        var label = StepFor(stepId, cancellation);
        var partition = records[0].Partition;
        judgements.Refresh(partition);
        var batches = records.ConvertAll(r => RolloutCodec.Decode(r.Value));
        var histories = label.Histories(partition, batches.SelectMany(rows => rows).Select(r => r.WindowId).ToHashSet());
        foreach (var rows in batches)
        {
            var answers = desk.Ask(label.Judge, [.. rows.Select(row => new Question(row, histories[row.WindowId].History))], Purposes.Label, cancellation);
            var read = answers.Select((a, i) => (Hash: a.Judgement, Answer: JudgeAnswer.Read(a.Answer, LabelStep.WordsOf(rows[i])))).ToList();
            if (context.Settings.Labels.Shuffled) read = LabelControl.Shuffled(read, context.Settings.Seed, rows[0].RolloutId);
            step.Append(RowRecords.TokenRewards(partition, [.. rows.Select((row, i) => label.TokenReward(row, read[i].Hash, read[i].Answer))], stepId));
            labelled += rows.Length;
            stage.Count(rows.Length);
            stage.Report(labelled, 0, $"{labelled:N0} responses judged");
        }

        stage.Dispose();
    }

    private LabelStep StepFor(StepId stepId, CancellationToken cancellation)
    {
        if (steps.TryGetValue(stepId, out var known)) return known;
        models.Refresh();
        var name = ModelFamilies.Sibling(stepId.Model, ModelFamilies.Policy);
        var policy = models.Find(name, 0) ?? throw new InvalidOperationException($"rollouts for {stepId} are on the log, but no checkpoint of {name}");
        checkpoints.Require(policy, cancellation);
        var cut = models.Cut(new StepId(policy.Model, policy.Cut))!;
        var step = new LabelStep(context, policy, cut);
        // Said before the first answer is bought.
        if ((step.Judge as LogStatisticsJudge)?.Doubt(WindowCut.HeldOut(context.Log, cut, policy.Fold)) is { } doubt) context.Warn(doubt);
        return steps[stepId] = step;
    }
}
