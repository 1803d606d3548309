using Tppo.Core.Windows;

namespace Tppo.Core.Judging;

/// <summary>What a judge gets to see: the history and the response, never the targets.</summary>
/// <param name="History">Oldest first.</param>
/// <param name="Response">The generated queries, joined by <c>", "</c>, trimmed.</param>
public sealed record JudgeInput(IReadOnlyList<HistoryEvent> History, string Response)
{
    /// <summary>Where two are compared, the second; else empty.</summary>
    public string Other { get; init; } = "";
}
