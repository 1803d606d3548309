using System.Collections.Concurrent;
using System.Diagnostics;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// Where partitions begin and end for readers of what is committed. A commit is answered before its marks stand on the
/// partitions; who wrote through this log waits for them here, so that what one wrote one reads.
/// </summary>
internal sealed class KafkaEnds(KafkaClients clients, KafkaPatience patience)
{
    private static readonly TimeSpan MetadataTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan GlanceMax = TimeSpan.FromMilliseconds(100);
    private readonly ConcurrentDictionary<Kafka.TopicPartition, long> written = [];

    /// <summary>Notes that a committed transaction of ours wrote up to an offset; its mark stands one behind it.</summary>
    internal void Written(Kafka.TopicPartition partition, long lastOffset) =>
        written.AddOrUpdate(partition, lastOffset + 2, (_, known) => Math.Max(known, lastOffset + 2));

    /// <summary>One past the last offset below which all is decided.</summary>
    internal IReadOnlyDictionary<Kafka.TopicPartition, long> Stable(IReadOnlyCollection<Kafka.TopicPartition> partitions)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var ends = List(partitions, Kafka.Admin.OffsetSpec.Latest(), Kafka.IsolationLevel.ReadCommitted);
            if (ends.All(e => !written.TryGetValue(e.Key, out var ours) || e.Value >= ours)) return ends;
            patience.RequireTime("the end of a transaction", Stopwatch.GetElapsedTime(started));
            Thread.Sleep(Glance);
        }
    }

    /// <summary>The same of one partition.</summary>
    internal long Stable(Kafka.TopicPartition partition) => Stable([partition])[partition];

    /// <summary>The sum of all ends, ours counted as if their marks stood already: moves with commits.</summary>
    internal long Sum(IReadOnlyCollection<Kafka.TopicPartition> partitions) =>
        List(partitions, Kafka.Admin.OffsetSpec.Latest(), Kafka.IsolationLevel.ReadCommitted)
            .Sum(e => written.TryGetValue(e.Key, out var ours) ? Math.Max(ours, e.Value) : e.Value);

    /// <summary>Which partitions still have something undecided up to an offset, after a while in which it should have been decided.</summary>
    internal List<Kafka.TopicPartition> Undecided(IReadOnlyDictionary<Kafka.TopicPartition, long> upTo, TimeSpan due)
    {
        // Only waits between answers count: brokers that are away write nothing.
        var waited = TimeSpan.Zero;
        for (var pause = Glance; ; pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, GlanceMax.Ticks)))
        {
            var ends = List([.. upTo.Keys], Kafka.Admin.OffsetSpec.Latest(), Kafka.IsolationLevel.ReadCommitted);
            var left = ends.Where(e => e.Value <= upTo[e.Key]).Select(e => e.Key).ToList();
            if (left.Count == 0 || waited > due) return left;
            Thread.Sleep(pause);
            waited += pause;
        }
    }

    /// <summary>One past the last offset, decided or not.</summary>
    internal IReadOnlyDictionary<Kafka.TopicPartition, long> HighWatermarks(IReadOnlyCollection<Kafka.TopicPartition> partitions) =>
        List(partitions, Kafka.Admin.OffsetSpec.Latest(), Kafka.IsolationLevel.ReadUncommitted);

    /// <summary>The same of one partition.</summary>
    internal long HighWatermark(Kafka.TopicPartition partition) => HighWatermarks([partition])[partition];

    /// <summary>The least offsets that may exist.</summary>
    internal IReadOnlyDictionary<Kafka.TopicPartition, long> Starts(IReadOnlyCollection<Kafka.TopicPartition> partitions) =>
        List(partitions, Kafka.Admin.OffsetSpec.Earliest(), Kafka.IsolationLevel.ReadUncommitted);

    /// <summary>The first offset appended at or after a time; null where none was.</summary>
    internal long? At(Kafka.TopicPartition partition, long unixMilliseconds)
    {
        var offset = List([partition], Kafka.Admin.OffsetSpec.ForTimestamp(unixMilliseconds), Kafka.IsolationLevel.ReadCommitted)[partition];
        return offset < 0 ? null : offset;
    }

    private Dictionary<Kafka.TopicPartition, long> List(IReadOnlyCollection<Kafka.TopicPartition> partitions, Kafka.Admin.OffsetSpec spec, Kafka.IsolationLevel isolation)
    {
        if (partitions.Count == 0) return [];
        var requests = partitions.Select(p => new Kafka.Admin.TopicPartitionOffsetSpec { TopicPartition = p, OffsetSpec = spec });
        var options = new Kafka.Admin.ListOffsetsOptions { RequestTimeout = TimeSpan.FromSeconds(10), IsolationLevel = isolation };
        var result = patience.Get("offsets", () => Whole(() => Kafka.IAdminClientExtensions.ListOffsetsAsync(clients.Admin, requests, options)));
        return result.ResultInfos.ToDictionary(r => r.TopicPartitionOffsetError.TopicPartition, r => r.TopicPartitionOffsetError.Offset.Value);
    }

    // The library reports failures of single partitions apart: one of them stands for the call. And it asks by the leaders that it
    // knows of, however often it is told that they are no more: it is made to look again.
    private async Task<Kafka.Admin.ListOffsetsResult> Whole(Func<Task<Kafka.Admin.ListOffsetsResult>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (Kafka.KafkaException e)
        {
            var error = e is Kafka.Admin.ListOffsetsException partly ? partly.Result.ResultInfos.Select(r => r.TopicPartitionOffsetError.Error).First(r => r.IsError) : e.Error;
            if (KafkaPatience.MayPass(error)) clients.Admin.GetMetadata(MetadataTimeout);
            throw new Kafka.KafkaException(error, e);
        }
    }
}
