using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Membership;

/// <summary>What a member has fetched of its partitions, handed out round-robin.</summary>
internal sealed class FetchedRecords(string group)
{
    private const int PausedRecordsMax = 4_096;
    private const long PausedBytesMax = 4L << 20;
    private readonly Dictionary<TopicPartition, PartitionQueue> byId = [];
    private List<PartitionQueue> queues = [];
    private int turn;

    /// <summary>In order of partition, then of topic.</summary>
    internal IReadOnlyList<PartitionQueue> Queues => queues;

    /// <summary>Records that may be handed out.</summary>
    internal int Available => queues.Sum(q => q.Paused ? 0 : q.Count);

    internal long AvailableBytes => queues.Sum(q => q.Paused ? 0 : q.Bytes);

    internal PartitionQueue? TryFind(TopicPartition partition) => byId.GetValueOrDefault(partition);

    /// <exception cref="ArgumentException">Not owned.</exception>
    internal PartitionQueue Find(TopicPartition partition) =>
        TryFind(partition) ?? throw new ArgumentException($"group '{group}': {partition} is not owned by this member");

    /// <summary>Takes these for what is owned now.</summary>
    internal void Set(IEnumerable<PartitionQueue> owned)
    {
        queues = [.. owned.OrderBy(q => q.Id.Partition).ThenBy(q => q.Id.Topic, StringComparer.Ordinal)];
        byId.Clear();
        foreach (var queue in queues) byId[queue.Id] = queue;
    }

    /// <summary>Lets a client no longer fetch a paused partition that has run far ahead, until half of that was handed out.</summary>
    internal void Throttle(Driver.IConsumer<string?, byte[]?> client)
    {
        foreach (var queue in queues)
        {
            var much = queue.FetchPaused ? 0.5 : 1;
            var pause = (queue.Paused || queue.FetchPaused) && (queue.Count > PausedRecordsMax * much || queue.Bytes > PausedBytesMax * much);
            if (pause == queue.FetchPaused) continue;
            if (pause) client.Pause([queue.Place]);
            else client.Resume([queue.Place]);
            queue.FetchPaused = pause;
        }
    }

    /// <summary>At most so many records and about so many bytes, in order within each partition.</summary>
    internal List<LogRecord> Take(int recordsMax, long bytesMax)
    {
        var taken = new List<LogRecord>(Math.Min(recordsMax, Available));
        if (queues.Count == 0) return taken;
        turn = (turn + 1) % queues.Count;
        var open = Enumerable.Range(0, queues.Count).Select(i => queues[(turn + i) % queues.Count]).Where(q => !q.Paused && q.Count > 0).ToList();
        for (var bytes = 0L; open.Count > 0 && taken.Count < recordsMax && bytes < bytesMax;)
        {
            var share = Math.Max(1, (recordsMax - taken.Count) / open.Count);
            foreach (var queue in open)
            {
                for (var i = 0; i < share && queue.Count > 0 && taken.Count < recordsMax && bytes < bytesMax; i++)
                {
                    taken.Add(queue.Dequeue());
                    bytes += taken[^1].Value.Length;
                }
            }

            open.RemoveAll(q => q.Count == 0);
        }

        return taken;
    }
}
