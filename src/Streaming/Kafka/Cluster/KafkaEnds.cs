using System.Collections.Concurrent;
using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>
/// Where partitions begin and end for readers of what is committed. A commit is answered before its marks stand on the
/// partitions; who wrote through this log waits for them here, so that what one wrote one reads.
/// </summary>
/// <param name="list">Asks brokers for offsets.</param>
/// <param name="patience">For how long marks are waited for.</param>
/// <param name="clock">By which clock.</param>
internal sealed class KafkaEnds(
    Func<IReadOnlyCollection<Driver.TopicPartition>, Driver.Admin.OffsetSpec, Driver.IsolationLevel, Dictionary<Driver.TopicPartition, long>> list,
    KafkaPatience patience,
    TimeProvider clock)
{
    private static readonly TimeSpan MarksAskedFirst = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan MarksAskedEvery = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<Driver.TopicPartition, long> written = [];

    /// <summary>Notes that a committed transaction of ours wrote up to an offset; its mark stands one behind it.</summary>
    internal void Written(Driver.TopicPartition partition, long lastOffset) =>
        written.AddOrUpdate(partition, lastOffset + 2, (_, known) => Math.Max(known, lastOffset + 2));

    /// <summary>One past the last offset below which all is decided.</summary>
    internal IReadOnlyDictionary<Driver.TopicPartition, long> Stable(IReadOnlyCollection<Driver.TopicPartition> partitions)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            var ends = list(partitions, Driver.Admin.OffsetSpec.Latest(), Driver.IsolationLevel.ReadCommitted);
            if (ends.All(e => !written.TryGetValue(e.Key, out var ours) || e.Value >= ours)) return ends;
            patience.RequireTime("the end of a transaction", clock.GetElapsedTime(started));
            clock.Pause(MarksAskedFirst);
        }
    }

    /// <summary>The same of one partition.</summary>
    internal long Stable(Driver.TopicPartition partition) => Stable([partition])[partition];

    /// <summary>The sum of all ends, ours counted as if their marks stood already: moves with commits.</summary>
    internal long Sum(IReadOnlyCollection<Driver.TopicPartition> partitions) =>
        list(partitions, Driver.Admin.OffsetSpec.Latest(), Driver.IsolationLevel.ReadCommitted)
            .Sum(e => written.TryGetValue(e.Key, out var ours) ? Math.Max(ours, e.Value) : e.Value);

    /// <summary>Which partitions still have something undecided up to an offset, after a while in which it should have been decided.</summary>
    internal List<Driver.TopicPartition> Undecided(IReadOnlyDictionary<Driver.TopicPartition, long> upTo, TimeSpan due)
    {
        // Only waits between answers count: brokers that are away write nothing.
        var waited = TimeSpan.Zero;
        for (var pause = MarksAskedFirst; ; pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, MarksAskedEvery.Ticks)))
        {
            var ends = list([.. upTo.Keys], Driver.Admin.OffsetSpec.Latest(), Driver.IsolationLevel.ReadCommitted);
            var left = ends.Where(e => e.Value <= upTo[e.Key]).Select(e => e.Key).ToList();
            if (left.Count == 0 || waited > due) return left;
            clock.Pause(pause);
            waited += pause;
        }
    }

    /// <summary>One past the last offset, decided or not.</summary>
    internal IReadOnlyDictionary<Driver.TopicPartition, long> HighWatermarks(IReadOnlyCollection<Driver.TopicPartition> partitions) =>
        list(partitions, Driver.Admin.OffsetSpec.Latest(), Driver.IsolationLevel.ReadUncommitted);

    /// <summary>The same of one partition.</summary>
    internal long HighWatermark(Driver.TopicPartition partition) => HighWatermarks([partition])[partition];

    /// <summary>The least offsets that may exist.</summary>
    internal IReadOnlyDictionary<Driver.TopicPartition, long> Starts(IReadOnlyCollection<Driver.TopicPartition> partitions) =>
        list(partitions, Driver.Admin.OffsetSpec.Earliest(), Driver.IsolationLevel.ReadUncommitted);

    /// <summary>The first offset appended at or after a time; null where none was.</summary>
    internal long? At(Driver.TopicPartition partition, long unixMilliseconds)
    {
        var offset = list([partition], Driver.Admin.OffsetSpec.ForTimestamp(unixMilliseconds), Driver.IsolationLevel.ReadCommitted)[partition];
        return offset < 0 ? null : offset;
    }
}
