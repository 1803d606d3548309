using System.Security.Cryptography;

namespace Tppo.Ingest.Import;

/// <summary>Reads lines of bytes in bounded memory: what is past the limit is hashed and dropped.</summary>
/// <param name="stream">The file, unpacked.</param>
/// <param name="lineBytesMax">Most bytes of a line that are kept.</param>
public sealed class LineReader(Stream stream, int lineBytesMax)
{
    private readonly byte[] buffer = new byte[128 * 1024];
    private int at, filled;
    private long number;

    /// <summary>The lines, in order. CR before LF is dropped; a last line without an end counts.</summary>
    public IEnumerable<FileLine> Lines()
    {
        while (Next() is { } line) yield return line;
    }

    private FileLine? Next()
    {
        using var kept = new MemoryStream();
        IncrementalHash? hash = null;
        long length = 0;
        var any = false;
        while (at < filled || Fill())
        {
            any = true;
            var rest = buffer.AsSpan(at, filled - at);
            var end = rest.IndexOf((byte)'\n');
            var part = end < 0 ? rest : rest[..end];
            Keep(kept, ref hash, part, length);
            length += part.Length;
            at += end < 0 ? rest.Length : end + 1;
            if (end >= 0) break;
        }

        if (!any) return null;
        var bytes = kept.ToArray().AsMemory();
        if (hash is null && bytes.Length > 0 && bytes.Span[^1] == '\r') (bytes, length) = (bytes[..^1], length - 1);
        var sha256 = hash is null ? null : Convert.ToHexStringLower(hash.GetHashAndReset());
        hash?.Dispose();
        return new FileLine(++number, bytes, length, sha256);
    }

    private void Keep(MemoryStream kept, ref IncrementalHash? hash, ReadOnlySpan<byte> part, long before)
    {
        if (hash is null && before + part.Length > lineBytesMax)
        {
            hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            hash.AppendData(kept.GetBuffer().AsSpan(0, (int)kept.Length));
        }

        hash?.AppendData(part);
        kept.Write(part[..(int)Math.Min(part.Length, lineBytesMax - kept.Length)]);
    }

    private bool Fill()
    {
        at = 0;
        filled = stream.Read(buffer);
        return filled > 0;
    }
}
