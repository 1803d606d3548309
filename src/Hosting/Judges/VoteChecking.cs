using Tppo.Core.Judging;
using Tppo.Core.Judging.Checks;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Statistics;

namespace Tppo.Hosting.Judges;

/// <summary>
/// Looks at a language model that votes between a person's own next searches and another's, each pair in both orders: whoever votes for
/// the same place both times has said nothing.
/// </summary>
/// <param name="desk">Through which it asks.</param>
/// <param name="pairs">The pairs.</param>
/// <param name="seed">Of the interval.</param>
public sealed class VoteChecking(JudgeDesk desk, IReadOnlyList<CheckPair> pairs, long seed)
{
    /// <summary>Checks it.</summary>
    /// <param name="judge">The judge.</param>
    /// <param name="clock">Tells how long it takes.</param>
    /// <param name="cancellation">Stops between answers; those that came stand.</param>
    public TemplateCheck Take(IJudge judge, TimeProvider clock, CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        var answers = CheckAnswers.Ask(
            desk, judge,
            [
                .. pairs.Select(p => new Question($"check/{p.Window}/first", p.User, p.Own with { Other = p.Other.Response })),
                .. pairs.Select(p => new Question($"check/{p.Window}/second", p.User, p.Other with { Other = p.Own.Response })),
            ],
            cancellation);
        var votes = answers.Readings;
        var both = pairs.Select((_, i) => (First: Preference(votes[i]), Second: 1 - Preference(votes[pairs.Count + i])))
            .Where(b => b.First is not null && b.Second is not null).ToList();

        // As an area: how often its own is preferred, a tie or a turned vote counting half.
        var told = PairScores.Mean([.. both.Select(b => b.First == b.Second ? b.First : 0.5)], seed);
        return new TemplateCheck(
            TemplateName.V4, answers.Check(judge, pairs.Count, told, []), Figure.Share(both.Count(b => b.First == b.Second), both.Count), null,
            answers.Outcomes, answers.Questions.Count, clock.GetElapsedTime(begun).TotalSeconds);
    }

    // For the first of the two that are shown: 1, against it 0, a tie a half; null where nothing can be used.
    private static double? Preference(JudgeReading vote) => vote.Outcome == ReadingOutcome.Reject
        ? null
        : vote.Whole switch { Category.Relevant => 1, Category.Irrelevant => 0, _ => 0.5 };
}
