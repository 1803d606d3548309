using System.Text.Json.Serialization;

namespace Tppo.Core.Models;

/// <summary>One response, measured.</summary>
/// <param name="Window">The window's id.</param>
/// <param name="Relevant">Whether the whole response is relevant and has k queries.</param>
/// <param name="Words">Words of it that have an identity.</param>
/// <param name="RelevantWords">Those that are relevant.</param>
/// <param name="DistinctWords">How many different ones.</param>
/// <param name="Queries">Non-empty queries.</param>
/// <param name="Copied">Queries that equal a search of the history.</param>
/// <param name="Tokens">Tokens without the end token.</param>
/// <param name="Ended">Whether it ends in the end token.</param>
/// <param name="Malformed">Whether it has other than k queries.</param>
public sealed record ResponseMeasure(
    string Window, bool Relevant, int Words, int RelevantWords, int DistinctWords, int Queries, int Copied, int Tokens, bool Ended, bool Malformed)
{
    /// <summary>Whether the judge's answer could not be used: then nothing is known of its relevance.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public bool Unjudged { get; init; }
}
