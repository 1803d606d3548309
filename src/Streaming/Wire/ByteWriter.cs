using System.Buffers;
using System.Text;

namespace Tppo.Streaming.Wire;

/// <summary>A growing buffer from the pool.</summary>
internal sealed class ByteWriter : IDisposable
{
    private byte[] buffer = ArrayPool<byte>.Shared.Rent(16 << 10);

    internal int Length { get; private set; }

    internal Span<byte> Written(int start, int length) => buffer.AsSpan(start, length);

    internal void Byte(byte value) => Reserve(1)[0] = value;

    internal void Number(int value)
    {
        var rest = (uint)value;
        while (rest >= 0x80)
        {
            Byte((byte)(rest | 0x80));
            rest >>= 7;
        }

        Byte((byte)rest);
    }

    internal void Text(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Number(length);
        Encoding.UTF8.GetBytes(text, Reserve(length));
    }

    internal void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    internal Span<byte> Reserve(int length)
    {
        if (Length + length > buffer.Length) Grow(Length + length);
        var span = buffer.AsSpan(Length, length);
        Length += length;
        return span;
    }

    /// <summary>Begins anew; a buffer larger than <paramref name="bytesKept"/> goes back to the pool.</summary>
    internal void Clear(int bytesKept)
    {
        Length = 0;
        if (buffer.Length <= bytesKept) return;
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
    }

    public void Dispose()
    {
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        Length = 0;
    }

    private void Grow(int needed)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, (int)Math.Min(2L * buffer.Length, Array.MaxLength)));
        buffer.AsSpan(0, Length).CopyTo(larger);
        if (buffer.Length > 0) ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}
