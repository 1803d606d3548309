namespace Tppo.Core.Text;

/// <summary>
/// The rule by which the embedded judges score a whole response: at least 60 % of its queries are relevant (a query where at
/// least 60 % of its distinct words are), repeated words are at most 34 %, and at least half of the queries (rounded up) differ.
/// </summary>
public static class WholeResponse
{
    private const double RelevantShare = 0.60;
    private const double RepeatedShareMax = 0.34;

    /// <summary>Whether a response is relevant.</summary>
    /// <param name="queries">The words of each of its queries, by their identities; queries without any are left out.</param>
    /// <param name="isRelevant">Whether a word is.</param>
    /// <param name="nameOf">What two queries that are the same have in common.</param>
    public static bool IsRelevant(
        IEnumerable<IReadOnlyList<string>> queries, Func<string, bool> isRelevant, Func<IReadOnlyList<string>, string> nameOf)
    {
        var named = queries.Where(q => q.Count > 0).ToList();
        if (named.Count == 0) return false;
        var words = named.Sum(q => q.Count);
        if (1 - ((double)named.Sum(q => q.Distinct().Count()) / words) > RepeatedShareMax) return false;
        if (named.Select(nameOf).Distinct().Count() < (named.Count + 1) / 2) return false;
        return named.Count(q => Fits(q.Distinct().ToList())) >= RelevantShare * named.Count;

        bool Fits(List<string> distinct) => distinct.Count(isRelevant) >= RelevantShare * distinct.Count;
    }
}
