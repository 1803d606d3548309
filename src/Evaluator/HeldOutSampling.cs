using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Facts.Judgements;
using Tppo.Facts.Rollouts;
using Tppo.Hosting;
using Tppo.Hosting.Judges;
using Tppo.Learning.Native;
using Tppo.Steps;
using Tppo.Streaming.Log;

namespace Tppo.Evaluator;

/// <summary>Responses of a policy to held-out windows, judged.</summary>
/// <param name="Rows">The responses, by window, then sample.</param>
/// <param name="Answers">What the judge said of each.</param>
/// <param name="Calls">How many questions were asked for these responses first.</param>
/// <param name="Records">The rollouts, to be appended with what is made of them.</param>
internal sealed record HeldOutSample(
    IReadOnlyList<RolloutRow> Rows, IReadOnlyList<JudgeReading> Answers, int Calls, IReadOnlyList<OutgoingRecord> Records);

/// <summary>Samples a policy on held-out windows and has the truth told about it. Answers stand on the log before they are used.</summary>
internal sealed class HeldOutSampling : IDisposable
{
    private readonly ServiceContext context;
    private readonly StepContext steps;
    private readonly JudgementLog judgements;
    private readonly JudgeDesk desk;

    public HeldOutSampling(ServiceContext context, StepContext steps)
    {
        (this.context, this.steps) = (context, steps);
        judgements = new JudgementLog(context.Log, context.Clock);
        desk = new JudgeDesk(judgements, context.DeskFor(Purposes.Evaluation));
    }

    public HeldOutSample Take(
        CheckpointProduced policy, IReadOnlyList<Window> windows, int samples, StepId step, IJudge judge, CancellationToken cancellation)
    {
        var request = new RolloutRequest(windows, samples, step, Purposes.Evaluation, policy.Made) { Temperature = context.Settings.Evaluation.Temperature };
        RolloutRow[] rows;
        using (TorchTurn.Take(cancellation))
            rows = LocalRolloutEngine.Sample(steps.Folder(policy), context.Settings.Seed, request);

        judgements.Refresh();
        Question[] questions = [.. rows.Select((row, i) => Question.Of(row, windows[i / samples].History))];
        var answers = desk.AskAll(judge, questions, Purposes.Evaluation, cancellation);
        return new HeldOutSample(
            rows,
            [.. answers.Select((a, i) => Readings.Of(a, Words.Split(rows[i].Response), judge.Form))],
            answers.Where((a, i) => a.AskedFor == rows[i].RolloutId).Count(),
            [.. RowRecords.Rollouts(context.Log, rows, step, Purposes.Evaluation)]);
    }

    public void Dispose() => desk.Dispose();
}
