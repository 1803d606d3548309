namespace Tppo.Core.World;

/// <summary>The words of one facet: four heads (what it is) and eight modifiers (which of it).</summary>
public sealed record WorldFacetWords(string Topic, string Name, string[] Heads, string[] Modifiers);
