using Tppo.Core.Windows;

namespace Tppo.Core.Judging;

/// <summary>What a judge gets to see: the history and the response, never the targets.</summary>
/// <param name="History">Oldest first.</param>
/// <param name="Response">The generated queries, joined by <c>", "</c>, trimmed.</param>
public sealed record JudgeInput(IReadOnlyList<HistoryEvent> History, string Response);

/// <summary>
/// Scores every word of a response, and the response as a whole, against a history. A judge never makes a score up: what
/// it cannot tell is masked, and an answer that cannot be used is no score of 0.
/// </summary>
public interface IJudge
{
    /// <summary>Names the judge and all that its answers depend on; part of the content hash under which answers are kept.</summary>
    string Model { get; }

    /// <summary>Names what it was asked; part of the content hash.</summary>
    string Template { get; }

    /// <summary>The raw answer, to be kept as a fact and read by <see cref="JudgeAnswer.Read"/>.</summary>
    ValueTask<string> AskAsync(JudgeInput input, CancellationToken cancellation);
}
