using Tppo.Core.Judging;
using Tppo.Core.Judging.Canaries;
using Tppo.Core.Judging.Checks;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Facts.Judgements;

namespace Tppo.Hosting.Judges;

/// <summary>Checks a judge: people's own next searches against others', and questions whose answers are known.</summary>
/// <param name="desk">Through which it asks, so that no answer is bought twice.</param>
/// <param name="seed">Of the choice of pairs and canaries.</param>
public sealed class JudgeChecking(JudgeDesk desk, long seed)
{
    /// <summary>Checks it.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="windows">Of people whom nothing was learned from.</param>
    /// <param name="pairsMax">Most pairs.</param>
    /// <param name="canaries">How many questions with known answers.</param>
    /// <param name="cancellation">Stops between answers.</param>
    public JudgeCheck Take(IJudge judge, IReadOnlyList<Window> windows, int pairsMax, int canaries, CancellationToken cancellation)
    {
        var pairs = CheckPair.Of(windows, pairsMax, seed);
        List<Canary> known = [.. Enumerable.Range(0, canaries).Select(i => Canary.Of(seed, i))];
        List<Question> questions =
        [
            .. pairs.Select(p => new Question($"check/{p.Window}/own", p.User, p.Own)),
            .. pairs.Select(p => new Question($"check/{p.Window}/other", p.User, p.Other)),
            .. known.Select(c => new Question(c.Name, null, c.Input)),
        ];
        var answers = desk.AskAll(judge, questions, Purposes.Check, cancellation);
        List<JudgeReading> readings = [.. answers.Select((a, i) => Readings.Of(a, Words.Split(questions[i].Input.Response), judge.Form))];
        var scores = pairs.Select((_, i) => (PairScores.Of(readings[i]), PairScores.Of(readings[pairs.Count + i]))).ToList();
        var (auc, low, high) = PairScores.Auc(scores, seed);
        var passed = known.Select((c, i) => c.IsPassedBy(readings[(2 * pairs.Count) + i])).ToList();
        var used = readings.Count(r => r.Outcome != ReadingOutcome.Reject);
        return new JudgeCheck
        {
            Judge = judge.Model,
            Template = judge.Template,
            Pairs = pairs.Count,
            Auc = auc,
            Low = low,
            High = high,
            CanariesPassed = passed.Count(p => p == true),
            CanariesFailed = passed.Count(p => p == false),
            Used = used,
            Rejected = readings.Count - used,
        };
    }
}
