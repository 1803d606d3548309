using Tppo.Core.Judging;
using Tppo.Core.Judging.Canaries;
using Tppo.Core.Judging.Checks;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Statistics;
using Tppo.Core.Text;

namespace Tppo.Hosting.Judges;

/// <summary>Looks at a judge that scores responses: people's own next searches against others', and questions whose answers are known.</summary>
/// <param name="desk">Through which it asks.</param>
/// <param name="pairs">People's own next searches and others'.</param>
/// <param name="canaries">Questions with known answers.</param>
/// <param name="seed">Of intervals.</param>
public sealed class TemplateChecking(JudgeDesk desk, IReadOnlyList<CheckPair> pairs, IReadOnlyList<Canary> canaries, long seed)
{
    /// <summary>Checks it, as a run does before its first labels.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="cancellation">Stops between answers; those that came stand.</param>
    public JudgeCheck Take(IJudge judge, CancellationToken cancellation) => Check(judge, Ask(judge, isTurned: false, cancellation), Plain);

    /// <summary>Checks it in full: also whether it says the same of the same queries in another order.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="template">The template that it asks by.</param>
    /// <param name="clock">Tells how long it takes.</param>
    /// <param name="cancellation">Stops between answers; those that came stand.</param>
    public TemplateCheck TakeInFull(IJudge judge, TemplateName template, TimeProvider clock, CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        var answers = Ask(judge, isTurned: true, cancellation);
        var used = answers.Used;
        return new TemplateCheck(
            template, Check(judge, answers, Turned), Agreement(answers), used.Count == 0 ? null : used.Average(r => r.CoverageRatio), answers.Outcomes,
            answers.Questions.Count, clock.GetElapsedTime(begun).TotalSeconds);
    }

    private static Question About(CheckPair pair, string what, JudgeInput input) => new($"check/{pair.Window}/{what}", pair.User, input);

    private static Dictionary<string, Category> Scores(string response, JudgeReading reading)
    {
        var scores = new Dictionary<string, Category>();
        var words = Words.Split(response);
        for (var i = 0; i < words.Count; i++)
        {
            if (reading.Words[i] != Category.None) scores[Words.Normalise(words[i].Text)] = reading.Words[i];
        }

        if (scores.Count == 0 && reading.Whole != Category.None) scores[""] = reading.Whole;
        return scores;
    }

    // Questions about a pair: own and others', and where it is wanted own once more with its queries turned.
    private const int Plain = 2, Turned = 3;

    // What shares a history stands together: a server that keeps what it has read reads it once. Then those with known answers.
    private CheckAnswers Ask(IJudge judge, bool isTurned, CancellationToken cancellation) => CheckAnswers.Ask(
        desk, judge,
        [
            .. pairs.SelectMany(p => (Question[])[About(p, "own", p.Own), About(p, "other", p.Other), About(p, "turned", CheckPair.Reversed(p.Own))])
                .Where((_, i) => isTurned || i % Turned < Plain),
            .. canaries.Select(c => new Question(c.Name, null, c.Input)),
        ],
        cancellation);

    private JudgeCheck Check(IJudge judge, CheckAnswers answers, int aPair)
    {
        var readings = answers.Readings;
        var scores = pairs.Select((_, i) => (PairScores.Of(readings[aPair * i]), PairScores.Of(readings[(aPair * i) + 1]))).ToList();
        return answers.Check(
            judge, pairs.Count, PairScores.Auc(scores, seed), [.. canaries.Select((c, i) => c.IsPassedBy(readings[(aPair * pairs.Count) + i]))]);
    }

    // Word by word where words were scored, else of the whole.
    private double? Agreement(CheckAnswers answers)
    {
        var (same, both) = (0, 0);
        for (var i = 0; i < pairs.Count; i++)
        {
            var (own, at) = (Turned * i, (Turned * i) + 2);
            var first = Scores(answers.Questions[own].Input.Response, answers.Readings[own]);
            var turned = Scores(answers.Questions[at].Input.Response, answers.Readings[at]);
            foreach (var word in first.Keys.Where(turned.ContainsKey))
            {
                both++;
                if (first[word] == turned[word]) same++;
            }
        }

        return Figure.Share(same, both);
    }
}
