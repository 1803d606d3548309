namespace Tppo.Streaming.Log;

/// <summary>A committed record as readers see it.</summary>
public sealed record LogRecord
{
    /// <summary>The topic.</summary>
    public required string Topic { get; init; }

    /// <summary>The partition.</summary>
    public required int Partition { get; init; }

    /// <summary>Grows along a partition, with holes: never count by differences of offsets.</summary>
    public required long Offset { get; init; }

    /// <summary>The time of the append, to the millisecond; never that of the event. Never decreases along a partition.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>The key, or null.</summary>
    public string? Key { get; init; }

    /// <summary>The payload.</summary>
    public ReadOnlyMemory<byte> Value { get; init; }

    /// <summary>Headers in the order in which they were written.</summary>
    public IReadOnlyList<Header> Headers { get; init; } = [];

    /// <summary>The value of the first header of this name, or null.</summary>
    public string? Header(string name)
    {
        if (Headers is IFindableHeaders findable) return findable.Find(name);
        foreach (var header in Headers)
        {
            if (header.Name == name) return header.Value;
        }

        return null;
    }
}
