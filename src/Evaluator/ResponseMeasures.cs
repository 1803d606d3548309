using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Evaluator;

/// <summary>What can be counted about one response.</summary>
public static class ResponseMeasures
{
    /// <summary>Measures a response against its window, by a judge's answer.</summary>
    /// <param name="row">The response.</param>
    /// <param name="window">Its window.</param>
    /// <param name="answer">The judge's word on it.</param>
    /// <param name="targets">How many queries a response must have, k.</param>
    public static ResponseMeasure Of(RolloutRow row, Window window, JudgeReading answer, int targets)
    {
        var words = Words.Split(row.Response);
        var identities = words.ConvertAll(w => Words.Normalise(w.Text));
        var relevant = Enumerable.Range(0, words.Count).Count(i => identities[i].Length > 0 && answer.Words[i] == Category.Relevant);
        var named = identities.Where(w => w.Length > 0).ToList();
        var queries = QueryText.Queries(row.Response).Select(QueryText.Identity).Where(q => q.Length > 0).ToList();
        var searches = window.History.Where(h => h.Type == EventType.Search).Select(h => QueryText.Identity(h.Text)).ToHashSet();
        var malformed = queries.Count != targets;
        return new ResponseMeasure(
            window.Id, Relevant: answer.Whole == Category.Relevant && !malformed, named.Count, relevant, named.Distinct().Count(), queries.Count,
            queries.Count(searches.Contains), row.ResponseIds.Length - (row.Finished ? 1 : 0), row.Finished, malformed)
        {
            // A malformed response needs no judge to be none.
            Unjudged = answer.Whole == Category.None && !malformed,
        };
    }
}
