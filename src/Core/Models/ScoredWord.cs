using Tppo.Core.Rewards;
using Tppo.Core.Text;

namespace Tppo.Core.Models;

/// <summary>A word with the reward that the reward model gives it, −1 … 1.</summary>
/// <param name="Text">As written.</param>
/// <param name="Query">The query that it stands in, from 0.</param>
/// <param name="Reward">P(relevant) − P(irrelevant), the mean over its tokens.</param>
public sealed record ScoredWord(string Text, int Query, double Reward)
{
    /// <summary>The words of a response.</summary>
    /// <param name="response">The response.</param>
    /// <param name="scores">What the reward model says of its tokens.</param>
    public static IReadOnlyList<ScoredWord> Of(string response, ScoredToken[] scores)
    {
        return [.. Words.Split(response).Select((word, w) => new ScoredWord(word.Text, word.Query, Math.Round(Mean(w), 4)))];

        double Mean(int word) => scores.Where(t => t.Word == word).Select(t => t.P2 - t.P1).DefaultIfEmpty(0).Average();
    }
}
