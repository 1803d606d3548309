using System.Text.Json;

namespace Tppo.Core.Sequencing;

/// <summary>Where a partition's sequencer stands.</summary>
/// <param name="ReleasedBefore">Everything older was released or came late.</param>
/// <param name="Topics">Each topic, in the order in which they are merged.</param>
public sealed record SequencerState(DateTime ReleasedBefore, IReadOnlyList<SequencerTopicState> Topics)
{
    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this);

    /// <summary>From JSON.</summary>
    public static SequencerState FromJson(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize<SequencerState>(utf8)!;
}

/// <summary>One topic of a partition's sequencer.</summary>
/// <param name="Newest">Newest event time seen.</param>
/// <param name="Ended">Whether its import has ended.</param>
/// <param name="Read">One past the last offset whose effects stand.</param>
/// <param name="ResumeAt">From where it is read again; up to <paramref name="Read"/> its events have been seen before.</param>
public sealed record SequencerTopicState(DateTime Newest, bool Ended, long Read, long ResumeAt);
