namespace Tppo.Core.World;

/// <summary>A facet of a topic: what one intent is about.</summary>
public readonly record struct Facet(int Topic, int Index);
