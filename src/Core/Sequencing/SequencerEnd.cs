namespace Tppo.Core.Sequencing;

/// <summary>The end of an import on one topic.</summary>
/// <param name="Stage">The import.</param>
/// <param name="Newest">Newest event time that the topic had seen there.</param>
public sealed record SequencerEnd(string Stage, DateTime Newest);
