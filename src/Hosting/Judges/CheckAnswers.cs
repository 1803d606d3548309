using Tppo.Core.Judging;
using Tppo.Core.Judging.Checks;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Text;

namespace Tppo.Hosting.Judges;

/// <summary>Questions of a check, their answers, and what can be used of them.</summary>
internal sealed class CheckAnswers
{
    private CheckAnswers(IReadOnlyList<Question> questions, IReadOnlyList<JudgeReading> readings, JudgeUsage usage) =>
        (Questions, Readings, Usage) = (questions, readings, usage);

    public IReadOnlyList<Question> Questions { get; }

    public IReadOnlyList<JudgeReading> Readings { get; }

    /// <summary>What they took, answers of earlier checks included.</summary>
    public JudgeUsage Usage { get; }

    /// <summary>Answers by outcome, or reason of rejection.</summary>
    public Dictionary<string, int> Outcomes => Readings
        .GroupBy(r => r.Outcome == ReadingOutcome.Reject ? OneName.Of(r.Reason) : OneName.Of(r.Outcome)).ToDictionary(g => g.Key, g => g.Count());

    /// <summary>Those that could be used.</summary>
    public IReadOnlyList<JudgeReading> Used => [.. Readings.Where(r => r.Outcome != ReadingOutcome.Reject)];

    /// <summary>Asks; answers are facts, and a second check buys none again.</summary>
    public static CheckAnswers Ask(JudgeDesk desk, IJudge judge, IReadOnlyList<Question> questions, CancellationToken cancellation)
    {
        var answers = desk.AskAll(judge, questions, Purposes.Check, cancellation);
        return new CheckAnswers(
            questions,
            [.. questions.Zip(answers, (q, a) => Facts.Judgements.Readings.Of(a, Words.Split(q.Input.Response), judge.Form))],
            answers.Aggregate(default(JudgeUsage), (sum, a) => sum + a.Usage));
    }

    /// <summary>The fact that a check of them is.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="pairs">Pairs that were asked about.</param>
    /// <param name="told">How well it tells own from others', with its interval.</param>
    /// <param name="canaries">Whether each question with a known answer was answered as it must be.</param>
    public JudgeCheck Check(IJudge judge, int pairs, (double? Auc, double? Low, double? High) told, IReadOnlyList<bool?> canaries) => new()
    {
        Judge = judge.Model,
        Template = judge.Template,
        Pairs = pairs,
        Auc = told.Auc,
        Low = told.Low,
        High = told.High,
        CanariesPassed = canaries.Count(p => p == true),
        CanariesFailed = canaries.Count(p => p == false),
        Used = Used.Count,
        Rejected = Readings.Count - Used.Count,
        CostUsd = Usage.CostUsd,
        Tokens = Usage.Tokens,
    };
}
