using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Rocks;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// Topics, their partitions' ends and the groups' committed offsets, as published: they change together under one lock, so
/// that whoever looks at several sees a step in all of them or in none.
/// </summary>
internal sealed class TopicTable
{
    private readonly int keyedPartitions;
    private readonly ConcurrentDictionary<string, TopicLog> topics = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Dictionary<TopicPartition, long>> committed = new(StringComparer.Ordinal);
    private int nextId;

    internal TopicTable(Database database, int keyedPartitions)
    {
        this.keyedPartitions = keyedPartitions;
        database.Enter();
        try
        {
            LoadTopics(database);
            LoadOffsets(database);
        }
        finally
        {
            database.Exit();
        }
    }

    internal Lock Publishing { get; } = new();

    internal IEnumerable<TopicLog> All => topics.Values;

    internal TopicLog Find(string name)
    {
        if (topics.TryGetValue(name, out var found)) return found;
        var spec = Topics.Find(name);
        lock (Publishing)
        {
            if (topics.TryGetValue(name, out found)) return found;
            return topics[name] = new TopicLog(spec, checked((ushort)nextId++), spec.Partitions(keyedPartitions));
        }
    }

    internal PartitionLog Find(TopicPartition partition) => Find(partition.Topic).Partition(partition.Partition);

    internal (long Start, long End) Bounds(PartitionLog partition)
    {
        lock (Publishing) return (partition.Start, partition.End);
    }

    internal Dictionary<TopicPartition, long> Committed(string group)
    {
        lock (Publishing) return committed.TryGetValue(group, out var offsets) ? new(offsets) : [];
    }

    /// <summary>What every group has committed.</summary>
    internal IReadOnlyList<(string Group, TopicPartition Partition, long Offset)> AllCommitted()
    {
        lock (Publishing) return [.. committed.SelectMany(g => g.Value.Select(o => (g.Key, o.Key, o.Value)))];
    }

    /// <summary>Publishing lock held: takes over what a step committed.</summary>
    internal void SetCommitted(string group, IReadOnlyDictionary<TopicPartition, long> offsets)
    {
        if (!committed.TryGetValue(group, out var all)) committed[group] = all = [];
        foreach (var (partition, offset) in offsets) all[partition] = offset;
    }

    private void LoadTopics(Database database)
    {
        using var rows = database.Iterate(database.Topics);
        for (rows.SeekToFirst(); rows.Valid(); rows.Next())
        {
            var spec = Topics.Find(Encoding.UTF8.GetString(rows.GetKeySpan()));
            var topic = new TopicLog(spec, BinaryPrimitives.ReadUInt16BigEndian(rows.GetValueSpan()), spec.Partitions(keyedPartitions)) { Stored = true };
            topics[spec.Name] = topic;
            nextId = Math.Max(nextId, topic.Id + 1);
            foreach (var partition in topic.Partitions) LoadBounds(database, partition);
        }

        RocksRows.ThrowIfFailed(rows);
    }

    private static void LoadBounds(Database database, PartitionLog partition)
    {
        Span<byte> key = stackalloc byte[RowKeys.PartitionBytes];
        RowKeys.Partition(key, partition.TopicId, partition.Id.Partition);
        if (database.Get(database.Bounds, key) is { } stored) partition.Load(stored);
    }

    private void LoadOffsets(Database database)
    {
        using var rows = database.Iterate(database.Offsets);
        for (rows.SeekToFirst(); rows.Valid(); rows.Next())
        {
            var (group, partition) = RowKeys.ParseOffset(rows.GetKeySpan());
            SetCommitted(group, new Dictionary<TopicPartition, long> { [partition] = BinaryPrimitives.ReadInt64BigEndian(rows.GetValueSpan()) });
        }

        RocksRows.ThrowIfFailed(rows);
    }
}
