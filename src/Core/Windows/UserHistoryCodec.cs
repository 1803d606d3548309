using System.Buffers;
using Tppo.Core.Events;
using Tppo.Core.Text;

namespace Tppo.Core.Windows;

/// <summary>
/// The windower's state as compact bytes, version 2. It is read and written for every user whom a step touches.
/// <code>
///   version 2 | flags | seen | events before | events since | open targets
///             | first target's id, its time before seen | texts of targets that stand in no event any more | last search
///   event:      length of text · 8 + has URL · 4 + type | time since the event before (the oldest: until seen) | text | length of URL, URL
///   flags:      1, 2: unit of time (0 second, 1 millisecond, 2 tick)   4: the last search is the newest one among the events
/// </code>
/// Numbers are in groups of seven bits, low ones first; texts are UTF-8 with their length before them. Parts that an open target
/// alone needs are left out where none is open.
/// </summary>
public static class UserHistoryCodec
{
    private const byte Version = 2;
    private const int UnitMask = 3;
    private const int LastSearchIsNewest = 4;
    private const int HasUrl = 4;
    private const int TypeMask = 3;
    private static readonly long[] Units = [TimeSpan.TicksPerSecond, TimeSpan.TicksPerMillisecond, 1];

    /// <summary>Writes what a user's past leaves behind; gives what <paramref name="keep"/> makes of its bytes, which it must not hold on to.</summary>
    public static T Write<T>(UserHistory user, Func<ReadOnlySpan<byte>, T> keep) => Write(user.StateNow, keep);

    /// <summary>Writes a state.</summary>
    public static byte[] Write(UserHistoryState state) => Write(state, static bytes => bytes.ToArray());

    private static T Write<T>(UserHistoryState state, Func<ReadOnlySpan<byte>, T> keep)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BytesMax(state));
        var writer = new StateWriter(buffer);
        var unit = UnitOf(state);
        var lastSearchIsNewest = IsNewestSearch(state);
        writer.Byte(Version);
        writer.Byte((byte)(unit | (lastSearchIsNewest ? LastSearchIsNewest : 0)));
        writer.Number(state.Seen.Ticks / Units[unit]);
        writer.Number(state.Before.Count);
        writer.Number(state.Since.Count);
        writer.Number(state.Open.Count);
        DateTime? previous = null;
        WriteEvents(ref writer, state.Before, state.Seen, ref previous, Units[unit]);
        WriteEvents(ref writer, state.Since, state.Seen, ref previous, Units[unit]);
        if (state.Open.Count > 0)
        {
            writer.Text(state.FirstTargetId);
            writer.Number((state.Seen - state.FirstTargetTime).Ticks / Units[unit]);
            for (var i = 0; i < state.Open.Count - Searches(state.Since); i++) writer.Text(state.Open[i]);
        }

        if (!lastSearchIsNewest) writer.Text(state.LastSearch);
        var written = keep(writer.Written);
        ArrayPool<byte>.Shared.Return(buffer);
        return written;
    }

    /// <summary>Reads a state.</summary>
    /// <exception cref="FormatException">Another version, or bytes that are no state: one line.</exception>
    public static UserHistoryState Read(ReadOnlyMemory<byte> bytes)
    {
        var reader = Begin(bytes.Span, out var flags, out var seen);
        var unit = Units[flags & UnitMask];
        var (beforeCount, sinceCount, openCount) = (reader.Count(), reader.Count(), reader.Count());
        var before = new HistoryEvent[beforeCount];
        var since = new HistoryEvent[sinceCount];

        DateTime? previous = null;
        ReadEvents(ref reader, before, seen, ref previous, unit);
        ReadEvents(ref reader, since, seen, ref previous, unit);

        var open = new string[openCount];
        var (firstTargetId, firstTargetTime) = ("", default(DateTime));
        if (openCount > 0)
        {
            firstTargetId = reader.Text();
            firstTargetTime = StateReader.Time(seen.Ticks, -reader.Number() * unit);
            var written = openCount - Searches(since);
            if (written < 0)
                throw new FormatException($"window state: expected at most {openCount} searches since the first target, found {openCount - written}");
            for (var i = 0; i < written; i++) open[i] = reader.Text();
            foreach (var e in since)
            {
                if (e.Type == EventType.Search) open[written++] = e.Text;
            }
        }

        var lastSearch = (flags & LastSearchIsNewest) == 0 ? reader.Text() : QueryText.RepeatKey(
            NewestSearch(before, since) ?? throw new FormatException("window state: expected a search among the events, found none"));
        reader.End();
        return new UserHistoryState(before, since, open, firstTargetId, firstTargetTime, lastSearch, seen);
    }

    /// <summary>When the user of a state was last seen, without reading the rest of it.</summary>
    /// <exception cref="FormatException">Another version, or bytes that are no state.</exception>
    public static DateTime ReadSeen(ReadOnlyMemory<byte> bytes)
    {
        Begin(bytes.Span, out _, out var seen);
        return seen;
    }

    private static StateReader Begin(ReadOnlySpan<byte> bytes, out int flags, out DateTime seen)
    {
        if (bytes.Length == 0 || bytes[0] != Version)
            throw new FormatException($"window state: expected version {Version}, found {(bytes.Length == 0 ? "nothing" : bytes[0])}");
        var reader = new StateReader(bytes[1..]);
        flags = reader.Byte();
        if ((flags & UnitMask) >= Units.Length) throw new FormatException($"window state: expected flags of version {Version}, found {flags}");
        seen = StateReader.Time(0, reader.Number() * Units[flags & UnitMask]);
        return reader;
    }

    // The coarsest unit in which every time is whole.
    private static int UnitOf(UserHistoryState state)
    {
        var unit = 0;
        Coarsen(state.Seen, ref unit);
        if (state.Open.Count > 0) Coarsen(state.FirstTargetTime, ref unit);
        foreach (var e in state.Before) Coarsen(e.Time, ref unit);
        foreach (var e in state.Since) Coarsen(e.Time, ref unit);
        return unit;

        static void Coarsen(DateTime time, ref int unit)
        {
            while (time.Ticks % Units[unit] != 0) unit++;
        }
    }

    private static bool IsNewestSearch(UserHistoryState state)
    {
        if (NewestSearch(state.Before, state.Since) is not { } text) return false;
        return QueryText.RepeatKey(text) == state.LastSearch;
    }

    private static string? NewestSearch(IReadOnlyList<HistoryEvent> before, IReadOnlyList<HistoryEvent> since)
    {
        for (var i = since.Count - 1; i >= 0; i--)
        {
            if (since[i].Type == EventType.Search) return since[i].Text;
        }

        for (var i = before.Count - 1; i >= 0; i--)
        {
            if (before[i].Type == EventType.Search) return before[i].Text;
        }

        return null;
    }

    // From the first open target on every search that is kept is a target: the newest of the open ones stand among the events.
    private static int Searches(IReadOnlyList<HistoryEvent> since)
    {
        var count = 0;
        for (var i = 0; i < since.Count; i++) count += since[i].Type == EventType.Search ? 1 : 0;
        return count;
    }

    private static void WriteEvents(ref StateWriter writer, IReadOnlyList<HistoryEvent> events, DateTime seen, ref DateTime? previous, long unit)
    {
        for (var i = 0; i < events.Count; i++)
        {
            var e = events[i];
            var text = e.TextUtf8;
            var url = e.UrlUtf8;
            writer.Number(((long)text.Length << 3) | (url.Length > 0 ? HasUrl : 0L) | (byte)e.Type);
            writer.Number((previous is { } before ? e.Time - before : seen - e.Time).Ticks / unit);
            writer.Bytes(text);
            if (url.Length > 0) writer.Text(url);
            previous = e.Time;
        }
    }

    private static void ReadEvents(ref StateReader reader, HistoryEvent[] events, DateTime seen, ref DateTime? previous, long unit)
    {
        for (var i = 0; i < events.Length; i++)
        {
            var head = reader.Number();
            var gap = reader.Number() * unit;
            var time = previous is { } before ? StateReader.Time(before.Ticks, gap) : StateReader.Time(seen.Ticks, -gap);
            events[i] = new HistoryEvent((EventType)(head & TypeMask), time, reader.Text(head >> 3), (head & HasUrl) != 0 ? reader.Text() : "");
            previous = time;
        }
    }

    // Each event takes a type, a time and two lengths besides its texts, other texts at most three bytes a character.
    private static int BytesMax(UserHistoryState state)
    {
        const int numbers = 32;
        var bytes = (3 * numbers) + (3 * (state.LastSearch.Length + state.FirstTargetId.Length));
        foreach (var e in state.Before) bytes += numbers + e.TextUtf8.Length + e.UrlUtf8.Length;
        foreach (var e in state.Since) bytes += numbers + e.TextUtf8.Length + e.UrlUtf8.Length;
        foreach (var t in state.Open) bytes += numbers + (3 * t.Length);
        return bytes;
    }
}
