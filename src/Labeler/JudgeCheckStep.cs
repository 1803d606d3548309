using Tppo.Core;
using Tppo.Core.Judging.Canaries;
using Tppo.Core.Judging.Checks;
using Tppo.Core.Windows;
using Tppo.Facts.Evaluations;
using Tppo.Facts.Judgements;
using Tppo.Hosting;
using Tppo.Hosting.Judges;

namespace Tppo.Labeler;

/// <summary>
/// Before a run's first labels are bought from a language model, it is checked with a small budget. What was found is a fact: a restart
/// asks nothing again, and a run with a useless judge does not begin unless people say so.
/// </summary>
/// <param name="context">The run.</param>
/// <param name="judgements">Where answers stand.</param>
/// <param name="desk">Through which it asks.</param>
internal sealed class JudgeCheckStep(ServiceContext context, JudgementLog judgements, JudgeDesk desk)
{
    /// <summary>Most questions that it takes.</summary>
    public const int QuestionsMost = (2 * PairsMost) + Canaries;

    private const int PairsMost = 60, Canaries = 12;

    /// <summary>How many questions it takes with these windows of held-out users.</summary>
    public static int Questions(IReadOnlyList<Window> heldOut, long seed) => (2 * CheckPair.Of(heldOut, PairsMost, seed).Count) + Canaries;

    /// <summary>Ends the run where the judge is useless.</summary>
    /// <exception cref="UserException">It is.</exception>
    public void Require(OpenAiJudge judge, IReadOnlyList<Window> heldOut, CancellationToken cancellation)
    {
        var checks = new JudgeCheckLog(context.Log);
        var check = checks.Find(judge.Model, judge.Template);
        if (check is null)
        {
            judgements.Refresh();
            using var stage = context.Board.Start("check judge");
            var seed = context.Settings.Seed;
            var pairs = CheckPair.Of(heldOut, PairsMost, seed);
            check = new TemplateChecking(desk, pairs, Canary.Some(seed, Canaries), seed).Take(judge, cancellation);
            context.Log.Append([JudgeCheckLog.Fact(check)]);
            stage.Report(1, 1, check.Fault ?? FormattableString.Invariant($"AUC {check.Auc:F3} [{check.Low:F3}, {check.High:F3}]"));
        }

        if (check.Fault is not { } fault) return;
        if (!context.Judges.Access.Anyway)
            throw new UserException($"{fault}; no label was bought; give another judge, or --judge-anyway");
        context.Warn($"{fault}; it labels all the same (--judge-anyway): what learns from it learns nothing of people");
    }
}
