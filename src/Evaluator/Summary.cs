using Tppo.Core.Models;
using Tppo.Core.Statistics;

namespace Tppo.Evaluator;

/// <summary>A policy's figures over held-out windows. Rates are 0–1.</summary>
/// <param name="Relevance">Share of windows whose whole response is relevant.</param>
/// <param name="Low">Lower end of its 95 % Wilson interval.</param>
/// <param name="High">Upper end.</param>
/// <param name="N">Windows that were judged.</param>
/// <param name="Words">Share of generated words that are relevant; null where there are none.</param>
/// <param name="Distinct">Mean over responses with words of distinct among all words; null where none has any.</param>
/// <param name="Copied">Share of queries that equal a search in their history; null where there are none.</param>
/// <param name="Length">Mean tokens without the end token.</param>
/// <param name="NoEos">Share of responses without an end token.</param>
/// <param name="Queries">Mean non-empty queries a response.</param>
/// <param name="Malformed">Share of responses with other than k queries.</param>
public sealed record Summary(
    double Relevance, double Low, double High, int N, double? Words, double? Distinct, double? Copied, double Length, double NoEos,
    double Queries, double Malformed)
{
    /// <summary>The figures of some responses.</summary>
    public static Summary Of(IReadOnlyList<ResponseMeasure> responses)
    {
        var n = responses.Count(r => !r.Unjudged);
        var rate = Wilson.Of(responses.Count(r => r.Relevant), n);
        return new Summary(
            rate.Value, rate.Low, rate.High, n,
            Figure.Share(responses.Where(r => !r.Unjudged).Sum(r => r.RelevantWords), responses.Where(r => !r.Unjudged).Sum(r => r.Words)),
            responses.Where(r => r.Words > 0).Average(r => Figure.Share(r.DistinctWords, r.Words)),
            Figure.Share(responses.Sum(r => r.Copied), responses.Sum(r => r.Queries)),
            responses.Average(r => r.Tokens),
            responses.Average(r => r.Ended ? 0.0 : 1),
            responses.Average(r => r.Queries),
            responses.Average(r => r.Malformed ? 1.0 : 0));
    }

    /// <summary>Second − first in relevance, paired by window, with a 95 % interval.</summary>
    public static PairedDifference Difference(IReadOnlyList<ResponseMeasure> first, IReadOnlyList<ResponseMeasure> second)
    {
        var before = first.ToDictionary(r => r.Window);
        var both = second.Where(r => !r.Unjudged && !before[r.Window].Unjudged).ToList();
        return PairedTest.T([.. both.Select(r => before[r.Window].Relevant ? 1.0 : 0)], [.. both.Select(r => r.Relevant ? 1.0 : 0)]);
    }
}
