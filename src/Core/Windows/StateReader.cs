using System.Text;

namespace Tppo.Core.Windows;

/// <summary>Reads what <see cref="StateWriter"/> wrote; bytes that it cannot have written are a one-line <see cref="FormatException"/>.</summary>
internal ref struct StateReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> rest = bytes;

    /// <summary>The time so many ticks from another.</summary>
    public static DateTime Time(long ticks, long by)
    {
        var sum = unchecked(ticks + by);
        return sum >= 0 && sum <= DateTime.MaxValue.Ticks
            ? new DateTime(sum, DateTimeKind.Utc)
            : throw new FormatException("window state: a time is out of its range");
    }

    public byte Byte() => Take(1)[0];

    public long Number()
    {
        var value = 0UL;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return (long)value;
        }

        throw new FormatException("window state: a number is longer than ten bytes");
    }

    // Everything that is counted takes a byte or more.
    public int Count()
    {
        var count = Number();
        return count >= 0 && count <= rest.Length
            ? (int)count
            : throw new FormatException($"window state: expected at most {rest.Length} entries, found {count}");
    }

    public string Text() => Text(Number());

    public string Text(long length) => Encoding.UTF8.GetString(Take(length));

    public readonly void End()
    {
        if (rest.Length > 0) throw new FormatException($"window state: expected its end, found {rest.Length} bytes more");
    }

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > rest.Length) throw new FormatException($"window state: expected {length} bytes more, found {rest.Length}");
        var taken = rest[..(int)length];
        rest = rest[(int)length..];
        return taken;
    }
}
