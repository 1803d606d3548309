namespace Tppo.Core.Sequencing;

/// <summary>One topic of a partition's sequencer.</summary>
/// <param name="Newest">Newest event time seen, or up to which an idle mark took it as read.</param>
/// <param name="Read">One past the last offset whose effects stand.</param>
/// <param name="ResumeAt">From where it is read again; up to <paramref name="Read"/> its events have been seen before.</param>
/// <param name="Importing">Whether events of an import have come whose end mark has not.</param>
/// <param name="MarkedTo">The time of the last idle mark that was written for it.</param>
/// <param name="Ends">End marks that were read while other topics still waited for theirs, oldest first.</param>
public sealed record SequencerTopicState(
    DateTime Newest, long Read, long ResumeAt, bool Importing = false, DateTime MarkedTo = default, IReadOnlyList<SequencerEnd>? Ends = null);
