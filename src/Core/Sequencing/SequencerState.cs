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
