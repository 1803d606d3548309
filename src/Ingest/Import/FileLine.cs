namespace Tppo.Ingest.Import;

/// <summary>A line of a file, as bytes without its end.</summary>
/// <param name="Number">1-based.</param>
/// <param name="Bytes">The bytes, cut at the limit.</param>
/// <param name="Length">The whole length.</param>
/// <param name="Sha256">Hash of the whole line; only where it was longer than the limit.</param>
public readonly record struct FileLine(long Number, ReadOnlyMemory<byte> Bytes, long Length, string? Sha256)
{
    /// <summary>Whether the line was longer than the limit.</summary>
    public bool IsTooLong => Sha256 is not null;
}
