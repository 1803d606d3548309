using Tppo.Core.Judging;
using Tppo.Core.Judging.Canaries;
using Tppo.Core.Judging.Checks;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Statistics;
using Tppo.Core.Text;
using Tppo.Facts.Judgements;

namespace Tppo.Hosting.Judges;

/// <summary>Looks at a language model as a judge before anything is spent on a run: under each template that scores a response.</summary>
/// <param name="desk">Through which it asks: answers are facts, and a second check buys none again.</param>
/// <param name="pairs">People's own next searches and others'.</param>
/// <param name="canaries">Questions with known answers.</param>
/// <param name="seed">Of intervals.</param>
public sealed class TemplateChecking(JudgeDesk desk, IReadOnlyList<CheckPair> pairs, IReadOnlyList<Canary> canaries, long seed)
{
    private sealed record Asked(Question Question, StandingAnswer Answer, JudgeReading Reading);

    /// <summary>Checks it under a template.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="template">The template that it asks by.</param>
    /// <param name="clock">Tells how long it takes.</param>
    /// <param name="cancellation">Stops between answers; those that came stand.</param>
    public TemplateCheck Take(IJudge judge, TemplateName template, TimeProvider clock, CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        var own = Ask(judge, pairs.Select(p => Question(p, "own", p.Own)), cancellation);
        var other = Ask(judge, pairs.Select(p => Question(p, "other", p.Other)), cancellation);
        var turned = Ask(judge, pairs.Select(p => Question(p, "turned", CheckPair.Reversed(p.Own))), cancellation);
        var known = Ask(judge, canaries.Select(c => new Question(c.Name, null, c.Input)), cancellation);
        List<Asked> all = [.. own, .. other, .. turned, .. known];
        var (auc, low, high) = PairScores.Auc([.. own.Zip(other, (a, b) => (PairScores.Of(a.Reading), PairScores.Of(b.Reading)))], seed);
        var passed = known.Zip(canaries, (k, c) => c.IsPassedBy(k.Reading)).ToList();
        var usage = all.Aggregate(default(JudgeUsage), (sum, a) => sum + a.Answer.Usage);
        var used = all.Where(a => a.Reading.Outcome != ReadingOutcome.Reject).ToList();
        var check = new JudgeCheck
        {
            Judge = judge.Model,
            Template = judge.Template,
            Pairs = pairs.Count,
            Auc = auc,
            Low = low,
            High = high,
            CanariesPassed = passed.Count(p => p == true),
            CanariesFailed = passed.Count(p => p == false),
            Used = used.Count,
            Rejected = all.Count - used.Count,
            CostUsd = usage.CostUsd,
            Tokens = usage.Tokens,
        };
        return new TemplateCheck(
            template, check, Agreement(own, turned), used.Count == 0 ? null : used.Average(a => a.Reading.CoverageRatio),
            all.GroupBy(a => Name(a.Reading)).ToDictionary(g => g.Key, g => g.Count()), usage, all.Count, clock.GetElapsedTime(begun).TotalSeconds);
    }

    private static string Name(JudgeReading reading) =>
        reading.Outcome == ReadingOutcome.Reject ? OneName.Of(reading.Reason) : OneName.Of(reading.Outcome);

    private static Question Question(CheckPair pair, string what, JudgeInput input) => new($"check/{pair.Window}/{what}", pair.User, input);

    // Word by word where words were scored, else of the whole.
    private static double? Agreement(IReadOnlyList<Asked> first, IReadOnlyList<Asked> turned)
    {
        var (same, both) = (0, 0);
        foreach (var (a, b) in first.Zip(turned))
        {
            var (x, y) = (Scores(a), Scores(b));
            foreach (var word in x.Keys.Where(y.ContainsKey))
            {
                both++;
                if (x[word] == y[word]) same++;
            }
        }

        return Figure.Share(same, both);
    }

    private static Dictionary<string, Category> Scores(Asked asked)
    {
        var scores = new Dictionary<string, Category>();
        var words = Words.Split(asked.Question.Input.Response);
        for (var i = 0; i < words.Count && asked.Reading.Outcome != ReadingOutcome.Reject; i++)
        {
            if (asked.Reading.Words[i] != Category.None) scores[Words.Normalise(words[i].Text)] = asked.Reading.Words[i];
        }

        if (scores.Count == 0 && asked.Reading.Whole != Category.None) scores[""] = asked.Reading.Whole;
        return scores;
    }

    private List<Asked> Ask(IJudge judge, IEnumerable<Question> asked, CancellationToken cancellation)
    {
        List<Question> questions = [.. asked];
        var answers = desk.AskAll(judge, questions, Purposes.Check, cancellation);
        return [.. questions.Zip(answers, (q, a) => new Asked(q, a, Readings.Of(a, Words.Split(q.Input.Response), judge.Form)))];
    }
}
