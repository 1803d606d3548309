using System.Text;

namespace Tppo.Core.Windows;

/// <summary>Numbers and texts into a buffer that is known to be large enough.</summary>
internal ref struct StateWriter(Span<byte> buffer)
{
    private readonly Span<byte> buffer = buffer;
    private int length;

    public readonly ReadOnlySpan<byte> Written => buffer[..length];

    public void Byte(byte value) => buffer[length++] = value;

    public void Number(long value)
    {
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7) Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    public void Bytes(ReadOnlySpan<byte> utf8)
    {
        utf8.CopyTo(buffer[length..]);
        length += utf8.Length;
    }

    public void Bytes(string text) => length += Encoding.UTF8.GetBytes(text, buffer[length..]);

    public void Text(ReadOnlySpan<byte> utf8)
    {
        Number(utf8.Length);
        Bytes(utf8);
    }

    public void Text(string text)
    {
        Number(Encoding.UTF8.GetByteCount(text));
        Bytes(text);
    }
}
