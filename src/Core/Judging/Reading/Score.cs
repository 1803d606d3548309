namespace Tppo.Core.Judging.Reading;

/// <summary>A score as a judge writes it: <c>1</c>, <c>"1"</c>, <c>1.0</c>, <c>true</c>, or one of them under Relevance or Score.</summary>
internal static class Score
{
    private const int NestedMost = 3;

    /// <summary>Whether a key says that a score follows.</summary>
    internal static bool Names(string key) =>
        key.Trim().ToLowerInvariant() is "relevance" or "score" or "relevance score" or "relevance_score" or "relevancescore";

    /// <summary>Its category; none where it is neither 0 nor 1: nothing is clamped, and nothing made up.</summary>
    internal static Category Of(LooseValue? value)
    {
        for (var nested = 0; nested < NestedMost && value is LooseValue.Map { Entries: [var (key, inner)] } && Names(key); nested++) value = inner;
        return value switch
        {
            LooseValue.Number { Value: 1 } or LooseValue.Truth { Value: true } => Category.Relevant,
            LooseValue.Number { Value: 0 } or LooseValue.Truth { Value: false } => Category.Irrelevant,
            LooseValue.Text text => text.Value.Trim() switch
            {
                "1" or "1.0" => Category.Relevant,
                "0" or "0.0" => Category.Irrelevant,
                _ => Category.None,
            },
            _ => Category.None,
        };
    }
}
