using Tppo.Core.Judging;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Hosting;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Rollouts;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Prompts;
using Tppo.Learning.Tokenizing;
using Tppo.Streaming.Log;

namespace Tppo.Evaluator;

/// <summary>Responses of a policy to held-out windows, judged; rollouts and new judgements as records to append.</summary>
internal sealed record HeldOutSample(IReadOnlyList<RolloutRow> Rows, IReadOnlyList<JudgeAnswer> Answers, IReadOnlyList<OutgoingRecord> Records);

/// <summary>Samples a policy on held-out windows and has the truth told about it.</summary>
internal static class HeldOutSampling
{
    public static HeldOutSample Take(
        ServiceContext context, CheckpointProduced policy, IReadOnlyList<Window> windows, int samples, string step, IJudge judge, JudgementLog judgements, CancellationToken cancellation)
    {
        RolloutRow[] rows;
        using (TorchTurn.Take(cancellation))
        {
            using var decoder = ModelFolder.Read(context.Artifacts.Folder(policy.Checkpoint), DecoderHead.None);
            var tokenizer = Tokenizer.Load(Path.Combine(context.Artifacts.Folder(policy.Checkpoint), ModelFolder.TokenizerFile));
            rows = new RolloutSampler(decoder, tokenizer, decoder.Settings, context.Settings.Seed).Sample(
                windows, samples, step, Purposes.Evaluation,
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{policy.Model}/{policy.Version}"), temperature: context.Settings.Evaluation.Temperature);
        }

        for (var p = 0; p < context.Log.Partitions(Core.Log.Topics.Judgements); p++) judgements.Refresh(p);
        var records = new List<OutgoingRecord>(RowRecords.Rollouts(context.Log, rows, step, Purposes.Evaluation));
        var answers = new List<JudgeAnswer>(rows.Length);
        for (var i = 0; i < rows.Length; i++)
        {
            var (_, answer, fact) = judgements.Ask(judge, new JudgeInput(windows[i / samples].History, rows[i].Response.Trim()), rows[i], Purposes.Evaluation, cancellation);
            answers.Add(JudgeAnswer.Read(answer, Words.Split(rows[i].Response)));
            if (fact is not null) records.Add(fact);
        }

        return new HeldOutSample(rows, answers, records);
    }
}
