using System.Text;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Wire;

/// <summary>Reads what <see cref="ByteWriter"/> wrote: bytes, variable-length numbers, UTF-8 with its length before it.</summary>
internal ref struct ByteReader(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    internal int Position { get; set; }

    internal byte Byte() => bytes[Position++];

    internal int Number()
    {
        int value = 0, shift = 0;
        while (true)
        {
            var next = bytes[Position++];
            value |= (next & 0x7F) << shift;
            if (next < 0x80) return value;
            shift += 7;
            if (shift > 28) throw new LogException("a stored record is damaged: a number in it has no end");
        }
    }

    internal string Text() => Encoding.UTF8.GetString(Span(Number()));

    internal void Skip() => Span(Number());

    internal ReadOnlySpan<byte> Span(int length)
    {
        var span = bytes.Slice(Position, length);
        Position += length;
        return span;
    }

    internal bool TextEquals(string text)
    {
        var stored = Span(Number());
        if (stored.Length == text.Length && Ascii.Equals(stored, text)) return true;
        if (stored.Length <= text.Length || stored.Length > text.Length * 3) return false;
        return Encoding.UTF8.GetString(stored) == text;
    }
}
