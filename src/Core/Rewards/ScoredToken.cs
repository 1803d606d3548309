using Tppo.Core.Text;

namespace Tppo.Core.Rewards;

/// <summary>What the reward model says of one response token.</summary>
/// <param name="Category">Its most probable category: 0 no word, 1 irrelevant, 2 relevant.</param>
/// <param name="Word">Index of its word, or <see cref="Alignment.NoWord"/> for separators and the end token.</param>
/// <param name="IsEnd">Whether it is the end token.</param>
/// <param name="P1">P(category 1).</param>
/// <param name="P2">P(category 2).</param>
public readonly record struct ScoredToken(int Category, int Word, bool IsEnd, double P1, double P2);
