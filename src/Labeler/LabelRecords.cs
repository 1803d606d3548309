using System.Security.Cryptography;
using System.Text;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Log;
using Tppo.Core.Privacy;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Facts.DeadLetters;
using Tppo.Facts.Forms;
using Tppo.Facts.Judgements;
using Tppo.Facts.Rollouts;
using Tppo.Hosting;
using Tppo.Hosting.Instruments;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Labeler;

/// <summary>
/// What becomes of an answered record: a <c>token-rewards.v1</c> record of its rows, an end mark for an end mark, dead letters of what
/// was rejected.
/// </summary>
/// <param name="context">The run.</param>
internal sealed class LabelRecords(ServiceContext context)
{
    /// <summary>Adds it to a step.</summary>
    public void Write(IStep step, PendingRecord pending)
    {
        foreach (var row in pending.Lost) step.Append(Lost(row, pending.Record));
        if (pending.Step is { } label && pending.Rows.Count > 0) WriteLabels(step, pending, label);
        else if (EndMark.Is(pending.Record, out var ended) && RecordForm.Fault(pending.Record) is null)
            step.Append(EndMark.Of(ended, Topics.TokenRewards, pending.Record.Partition));
    }

    private void WriteLabels(IStep step, PendingRecord pending, LabelStep label)
    {
        var (rows, answers) = (pending.Rows, pending.Answers);
        List<JudgeReading> readings = [.. answers.Select((a, i) => Readings.Of(a, LabelStep.WordsOf(rows[i]), label.Judge.Form))];
        for (var i = 0; i < rows.Count; i++)
        {
            if (readings[i].Outcome == ReadingOutcome.Reject) step.Append(Rejected(rows[i], answers[i], readings[i]));
        }

        if (context.Settings.Labels.Shuffled) readings = LabelControl.Shuffled(readings, context.Settings.Seed, rows[0].RolloutId);
        var rewards = rows.Select((row, i) => label.TokenReward(row, answers[i].Judgement, readings[i])).ToList();
        step.Append(RowRecords.TokenRewards(pending.Record.Partition, rewards, label.Id));
    }

    private static OutgoingRecord Lost(RolloutRow row, LogRecord record)
    {
        LogInstruments.DeadLetters.WithLabels(Topics.Rollouts, "no_window").Inc();
        return DeadLetter.Of(
            LabelerService.Name, $"rollout {row.RolloutId}: expected window {row.WindowId} in the policy's cut, found none",
            FormattableString.Invariant($"{record.Topic}/{record.Partition}/{record.Offset}"), default, 0, "", row.User);
    }

    private static OutgoingRecord Rejected(RolloutRow row, StandingAnswer answer, JudgeReading reading)
    {
        LogInstruments.DeadLetters.WithLabels(Topics.Judgements, "rejected").Inc();
        var text = Encoding.UTF8.GetBytes(Redaction.Apply(answer.Completion.Content ?? answer.Completion.Refusal ?? "", out _));
        return DeadLetter.Of(
            LabelerService.Name,
            $"judgement {answer.Judgement} of rollout {row.RolloutId}: {OneName.Of(reading.Reason)} after {answer.Attempt + 1} tries: its words stay unknown",
            $"{Topics.Rollouts}/{row.RolloutId}", text, text.Length, Convert.ToHexStringLower(SHA256.HashData(text)), row.User);
    }
}
