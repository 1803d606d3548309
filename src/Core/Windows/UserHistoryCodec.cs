using System.Buffers;
using System.Text;
using Tppo.Core.Events;

namespace Tppo.Core.Windows;

/// <summary>The windower's state as compact bytes, version 1: length-prefixed texts, times as ticks.</summary>
public static class UserHistoryCodec
{
    private const byte Version = 1;

    /// <summary>Writes a state.</summary>
    public static byte[] Write(UserHistoryState state)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BytesMax(state));
        var writer = new StateWriter(buffer);
        writer.Byte(Version);
        WriteEvents(ref writer, state.Before);
        WriteEvents(ref writer, state.Since);
        writer.Number(state.Open.Count);
        foreach (var target in state.Open)
        {
            writer.Text(target.EventId);
            writer.Number(target.Time.Ticks);
            writer.Text(target.Text);
        }

        writer.Text(state.LastSearch);
        var written = writer.Written.ToArray();
        ArrayPool<byte>.Shared.Return(buffer);
        return written;
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="FormatException">Another version.</exception>
    public static UserHistoryState Read(ReadOnlyMemory<byte> bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes.ToArray(), writable: false), Encoding.UTF8);
        var version = reader.ReadByte();
        if (version != Version) throw new FormatException($"window state: expected version {Version}, found {version}");
        var before = ReadEvents(reader);
        var since = ReadEvents(reader);
        var open = new HistoryTarget[reader.Read7BitEncodedInt()];
        for (var i = 0; i < open.Length; i++) open[i] = new HistoryTarget(reader.ReadString(), ReadTime(reader), reader.ReadString());
        return new UserHistoryState(before, since, open, reader.ReadString());
    }

    private static void WriteEvents(ref StateWriter writer, IReadOnlyList<HistoryEvent> events)
    {
        writer.Number(events.Count);
        foreach (var e in events)
        {
            writer.Byte((byte)e.Type);
            writer.Number(e.Time.Ticks);
            writer.Text(e.Text);
            writer.Text(e.Url);
        }
    }

    // Each text takes at most three bytes a character and a length, each event a type and a time.
    private static int BytesMax(UserHistoryState state)
    {
        const int numbers = 32;
        var bytes = (2 * numbers) + (3 * state.LastSearch.Length);
        foreach (var e in state.Before) bytes += numbers + (3 * (e.Text.Length + e.Url.Length));
        foreach (var e in state.Since) bytes += numbers + (3 * (e.Text.Length + e.Url.Length));
        foreach (var t in state.Open) bytes += numbers + (3 * (t.EventId.Length + t.Text.Length));
        return bytes;
    }

    private ref struct StateWriter(Span<byte> buffer)
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

        public void Text(string text)
        {
            Number(Encoding.UTF8.GetByteCount(text));
            length += Encoding.UTF8.GetBytes(text, buffer[length..]);
        }
    }

    private static HistoryEvent[] ReadEvents(BinaryReader reader)
    {
        var events = new HistoryEvent[reader.Read7BitEncodedInt()];
        for (var i = 0; i < events.Length; i++)
        {
            var type = (EventType)reader.ReadByte();
            events[i] = new HistoryEvent(type, ReadTime(reader), reader.ReadString(), reader.ReadString());
        }

        return events;
    }

    private static DateTime ReadTime(BinaryReader reader) => new(reader.Read7BitEncodedInt64(), DateTimeKind.Utc);
}
