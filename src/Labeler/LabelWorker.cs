using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;
using Tppo.Hosting;
using Tppo.Hosting.Artifacts;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Rollouts;
using Tppo.Hosting.Workers;
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
    private readonly Dictionary<string, LabelStep> steps = [];
    private StageProgress? stage;
    private long labelled;

    /// <summary>A labeler.</summary>
    public LabelWorker(ServiceContext context)
    {
        this.context = context;
        consumer = context.Log.Join(LabelerService.Name, context.Member, [Topics.Rollouts]);
        models = new ModelLog(context.Log);
        judgements = new JudgementLog(context.Log);
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
            foreach (var group in partition.GroupBy(r => r.Header(HeaderNames.Step)))
            {
                var labels = group.Where(r => r.Header(HeaderNames.Purpose) == Purposes.Label).ToList();
                if (labels.Count > 0) Label(group.Key!, labels, step, cancellation);
            }

            foreach (var record in partition.Where(r => EndMark.Is(r, out _)))
            {
                EndMark.Is(record, out var ended);
                step.Append(EndMark.Of(ended, Topics.TokenRewards, record.Partition));
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

    private void Label(string stepId, List<LogRecord> records, IStep step, CancellationToken cancellation)
    {
        stage = context.Board.Start("label", StageUnit.None);
        var label = StepFor(stepId);
        var partition = records[0].Partition;
        judgements.Refresh(partition);
        var rows = records.ConvertAll(r => RolloutCodec.Decode(r.Value));
        var histories = label.Histories(partition, rows.SelectMany(r => r).Select(r => r.WindowId).ToHashSet());
        foreach (var batch in rows)
        {
            cancellation.ThrowIfCancellationRequested();
            var answers = batch.Select(row => Ask(label, histories[row.WindowId], row, cancellation)).ToList();
            context.Log.Append([.. answers.Select(a => a.Fact).OfType<OutgoingRecord>()]);
            var read = answers.Select((a, i) => (a.Hash, Answer: JudgeAnswer.Read(a.Answer, LabelStep.WordsOf(batch[i])))).ToList();
            if (context.Settings.Labels.Shuffled) read = LabelControl.Shuffled(read, context.Settings.Seed, batch[0].RolloutId);
            step.Append(RowRecords.TokenRewards(partition, [.. batch.Select((row, i) => label.TokenReward(row, read[i].Hash, read[i].Answer))], stepId));
            labelled += batch.Length;
            stage.Count(batch.Length);
            stage.Report(labelled, 0, $"{labelled:N0} responses judged");
        }

        stage.Dispose();
    }

    private (string Hash, string Answer, OutgoingRecord? Fact) Ask(LabelStep label, Window window, RolloutRow row, CancellationToken cancellation) =>
        judgements.Ask(label.Judge, new JudgeInput(window.History, row.Response.Trim()), row, Purposes.Label, cancellation);

    private LabelStep StepFor(string stepId)
    {
        if (steps.TryGetValue(stepId, out var known)) return known;
        models.Refresh();
        var suffix = stepId[ModelFamilies.Reward.Length..stepId.IndexOf('/', StringComparison.Ordinal)];
        var policy = models.Find(ModelFamilies.Policy + suffix, 0)
            ?? throw new InvalidOperationException($"rollouts for {stepId} are on the log, but no checkpoint of {ModelFamilies.Policy + suffix}");
        return steps[stepId] = new LabelStep(context, policy, models.Cut(policy.Model, policy.Cut)!);
    }
}
