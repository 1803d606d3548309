using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>Tells, once a second, how far a member is behind the ends of its partitions, and since when. For one thread.</summary>
/// <param name="log">The log.</param>
/// <param name="group">The member's group.</param>
internal sealed class LagWatch(EmbeddedLog log, string group)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private long? told;

    /// <summary>Tells, where it is time to.</summary>
    internal void Tell(IReadOnlyList<PartitionCursor> cursors)
    {
        if (log.Observer == ILogObserver.None) return;
        if (told is { } at && log.Signal.Clock.GetElapsedTime(at) < Every) return;
        told = log.Signal.Clock.GetTimestamp();
        var ages = new Dictionary<string, TimeSpan>();
        foreach (var cursor in cursors)
        {
            var (id, end) = (cursor.Log.Id, log.Table.Bounds(cursor.Log).End);
            var age = AgeOfNext(cursor, end);
            log.Observer.Lag(group, id, Math.Max(0, end - cursor.Position));
            if (age >= ages.GetValueOrDefault(id.Topic)) ages[id.Topic] = age;
        }

        foreach (var (topic, age) in ages) log.Observer.Age(group, topic, age);
    }

    private TimeSpan AgeOfNext(PartitionCursor cursor, long end)
    {
        var bytes = 1L;
        var next = new List<LogRecord>(1);
        log.Reader.Read(cursor.Log, cursor.Position, end, recordsMax: 1, ref bytes, next);
        return next.Count == 0 ? TimeSpan.Zero : log.Clock.GetUtcNow() - next[0].Timestamp;
    }
}
