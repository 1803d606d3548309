using System.Buffers.Binary;
using System.IO.Compression;

namespace Tppo.Ingest.Import;

/// <summary>A gzip file that must be whole: unlike the framework's stream it does not take a file cut short for a short file.</summary>
internal sealed class WholeGzipStream : Stream
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(n =>
    {
        var entry = (uint)n;
        for (var bit = 0; bit < 8; bit++) entry = (entry & 1) == 1 ? (entry >> 1) ^ 0xEDB88320 : entry >> 1;
        return entry;
    })];

    private readonly FileStream file;
    private readonly GZipStream unpacked;
    private uint check;
    private long length;

    public WholeGzipStream(FileStream file)
    {
        this.file = file;
        unpacked = new GZipStream(file, CompressionMode.Decompress);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        var read = unpacked.Read(buffer);
        length += read;
        check = Crc32(check, buffer[..read]);
        if (read == 0 && buffer.Length > 0) CheckEnd();
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) unpacked.Dispose();
        base.Dispose(disposing);
    }

    private static uint Crc32(uint before, ReadOnlySpan<byte> bytes)
    {
        var state = ~before;
        foreach (var b in bytes) state = Table[(byte)(state ^ b)] ^ (state >> 8);
        return ~state;
    }

    // A gzip file ends with check sum and length of what it holds, or of its last member where there are several.
    private void CheckEnd()
    {
        Span<byte> trailer = stackalloc byte[8];
        file.Position = Math.Max(0, file.Length - 8);
        file.ReadExactly(trailer);
        file.Position = file.Length;
        var (check, length) = (BinaryPrimitives.ReadUInt32LittleEndian(trailer), BinaryPrimitives.ReadUInt32LittleEndian(trailer[4..]));
        if (check == this.check && length == (uint)this.length) return;
        if (length >= this.length || check != CheckOfLast(length)) throw new InvalidDataException("the gzip file is cut short");
    }

    private uint CheckOfLast(uint count)
    {
        using var again = new GZipStream(File.OpenRead(file.Name), CompressionMode.Decompress);
        var buffer = new byte[64 * 1024];
        var (before, sum) = (length - count, 0u);
        for (int read; (read = again.Read(buffer)) > 0;)
        {
            var skipped = (int)Math.Min(read, before);
            before -= skipped;
            sum = Crc32(sum, buffer.AsSpan(skipped, read - skipped));
        }

        return sum;
    }
}
