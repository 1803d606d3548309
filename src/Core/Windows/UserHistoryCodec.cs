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
        using var stream = new MemoryStream(512);
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Version);
        WriteEvents(writer, state.Before);
        WriteEvents(writer, state.Since);
        writer.Write7BitEncodedInt(state.Open.Count);
        foreach (var target in state.Open)
        {
            writer.Write(target.EventId);
            writer.Write7BitEncodedInt64(target.Time.Ticks);
            writer.Write(target.Text);
        }

        writer.Write(state.LastSearch);
        writer.Flush();
        return stream.ToArray();
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

    private static void WriteEvents(BinaryWriter writer, IReadOnlyList<HistoryEvent> events)
    {
        writer.Write7BitEncodedInt(events.Count);
        foreach (var e in events)
        {
            writer.Write((byte)e.Type);
            writer.Write7BitEncodedInt64(e.Time.Ticks);
            writer.Write(e.Text);
            writer.Write(e.Url);
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
