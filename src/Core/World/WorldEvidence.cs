namespace Tppo.Core.World;

/// <summary>What a history gives evidence of: strength per facet, and the words seen.</summary>
public sealed record WorldEvidence(IReadOnlyDictionary<Facet, double> Strength, IReadOnlySet<string> Seen)
{
    /// <summary>Strength of a facet, 0 where there is none.</summary>
    public double Of(Facet facet) => Strength.GetValueOrDefault(facet);
}
