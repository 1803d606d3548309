using System.Buffers.Binary;
using System.IO.Compression;

namespace Tppo.Ingest.Import;

/// <summary>A gzip file that must be whole: unlike the framework's stream it does not take a file cut short for a short file.</summary>
internal sealed class WholeGzipStream : Stream
{
    private readonly FileStream file;
    private readonly GZipStream unpacked;
    private uint length;

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
        length += (uint)read;
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

    // A gzip file ends with the length of what it holds (of its last member, where there are several: then it is smaller).
    private void CheckEnd()
    {
        Span<byte> trailer = stackalloc byte[4];
        file.Position = Math.Max(0, file.Length - 4);
        file.ReadExactly(trailer);
        file.Position = file.Length;
        if (BinaryPrimitives.ReadUInt32LittleEndian(trailer) > length) throw new InvalidDataException("the gzip file is cut short");
    }
}
