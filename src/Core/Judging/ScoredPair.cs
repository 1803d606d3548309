namespace Tppo.Core.Judging;

/// <summary>A history and some targets, and how well a judge says they fit.</summary>
/// <param name="User">Whose history it is.</param>
/// <param name="Score">Mean score of the targets' words, 0 … 1.</param>
/// <param name="Matched">Whether the targets are of that history, or of another user's.</param>
public readonly record struct ScoredPair(string User, double Score, bool Matched);
