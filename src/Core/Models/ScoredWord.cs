namespace Tppo.Core.Models;

/// <summary>A word with the reward that the reward model gives it, −1 … 1.</summary>
/// <param name="Text">As written.</param>
/// <param name="Query">The query that it stands in, from 0.</param>
/// <param name="Reward">P(relevant) − P(irrelevant), the mean over its tokens.</param>
public sealed record ScoredWord(string Text, int Query, double Reward);
