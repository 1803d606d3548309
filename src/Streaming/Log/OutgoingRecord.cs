namespace Tppo.Streaming.Log;

/// <summary>A record on its way to the log. Its bytes must not change until the append or the step has ended.</summary>
public sealed record OutgoingRecord
{
    /// <summary>A topic of the topic table.</summary>
    public required string Topic { get; init; }

    /// <summary>The key, stored as UTF-8; null: none.</summary>
    public string? Key { get; init; }

    /// <summary>The payload. Empty: an end mark, or on a compacted topic "this key is gone".</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Headers in the order in which readers see them.</summary>
    public IReadOnlyList<Header> Headers { get; init; } = [];

    /// <summary>Where to put it; null: by the key (murmur2 of its UTF-8 bytes), without a key partition 0.</summary>
    public int? Partition { get; init; }
}
