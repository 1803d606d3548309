using Tppo.Core.Judging;
using Tppo.Core.Text;

namespace Tppo.Core.Rewards;

/// <summary>What the reward model says of one response token.</summary>
/// <param name="Category">Its likeliest category.</param>
/// <param name="Word">Index of its word, or <see cref="Alignment.NoWord"/> for separators and the end token.</param>
/// <param name="IsEnd">Whether it is the end token.</param>
/// <param name="P1">P(irrelevant).</param>
/// <param name="P2">P(relevant).</param>
public readonly record struct ScoredToken(Category Category, int Word, bool IsEnd, double P1, double P2);
