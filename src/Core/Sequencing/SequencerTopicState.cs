namespace Tppo.Core.Sequencing;

/// <summary>One topic of a partition's sequencer.</summary>
/// <param name="Newest">Newest event time seen.</param>
/// <param name="Ended">Whether its import has ended.</param>
/// <param name="Read">One past the last offset whose effects stand.</param>
/// <param name="ResumeAt">From where it is read again; up to <paramref name="Read"/> its events have been seen before.</param>
public sealed record SequencerTopicState(DateTime Newest, bool Ended, long Read, long ResumeAt);
