namespace Tppo.Core.World;

/// <summary>Whether a word is relevant, and whether a judge could easily be wrong about it.</summary>
/// <param name="Relevant">The truth.</param>
/// <param name="Near">Irrelevant, but of a facet or topic that is present.</param>
public readonly record struct WordTruth(bool Relevant, bool Near);
