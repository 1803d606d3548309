using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.Native;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.State;

/// <summary>
/// A group's keyed state on <c>window-state.v1</c>, partition by partition: keys <c>group/s/key</c> hold what services put,
/// <c>group/q/topic</c> how many records went to a topic, <c>group/o/</c> that offsets were committed; compaction keeps the newest
/// of each. Written once a step and key, in the step's transaction; read to bring a local copy up to date.
/// </summary>
/// <param name="cluster">Where the changelog is.</param>
/// <param name="group">Whose state it is.</param>
/// <param name="store">The local copy.</param>
/// <param name="topicId">The changelog's id: a copy of another incarnation of it is worth nothing.</param>
internal sealed class StateChangelog(KafkaCluster cluster, string group, StateStore store, string topicId)
{
    private const int BatchRecords = 10_000;
    private const int TellEvery = 50_000;

    // Tombstones stay a day on the changelog: an older copy could keep what was deleted since.
    private static readonly TimeSpan CopyAgeMax = TimeSpan.FromHours(12);

    /// <summary>The changelog partition of a partition number.</summary>
    internal Driver.TopicPartition Partition(int partition) => cluster.Topics.Find(new TopicPartition(Topics.WindowState, partition));

    /// <summary>The record of a change; a null value deletes.</summary>
    internal KafkaMessage Record(int partition, char kind, string key, ReadOnlyMemory<byte>? value) =>
        new(Partition(partition), $"{group}/{kind}/{key}", value ?? default, IsGone: value is null, []);

    /// <summary>
    /// Notes changes that a transaction left on the changelog, up to <paramref name="lastOffset"/>. The offset behind it is the
    /// transaction's mark or another group's record, nothing of ours.
    /// </summary>
    internal void Apply(int partition, IEnumerable<(char Kind, string Key, ReadOnlyMemory<byte>? Value)> changes, long lastOffset) =>
        store.Apply(partition, changes, (topicId, lastOffset + 2, Now()));

    /// <summary>
    /// Brings the local copy up to all that was committed by now. Reads up to the end of what is written, decided or not:
    /// another group's open transaction may hide what ours committed long ago. Gives how many changes there were.
    /// </summary>
    internal int Restore(int partition)
    {
        var from = Start(partition);
        var changelog = Partition(partition);
        var to = cluster.Ends.HighWatermark(changelog);
        var next = from;
        var read = 0L;
        var changed = 0;
        foreach (var batch in cluster.Reader.Read(changelog, from, to).Chunk(BatchRecords))
        {
            next = batch[^1].Offset.Value + 1;
            var changes = Changes(batch).ToList();
            store.Apply(partition, changes, (topicId, next, Now()));
            changed += changes.Count;
            read += batch.Length;
            if (read % TellEvery == 0) cluster.Observer.Restoring(group, partition, to - next);
        }

        if (to > from) store.Apply(partition, [], (topicId, to, Now()));
        if (read >= TellEvery) cluster.Observer.Notice($"{group}: state of partition {partition} restored: {read:N0} records of the changelog");
        cluster.Observer.Restoring(group, partition, 0);
        return changed;
    }

    private long Start(int partition)
    {
        var changelog = Partition(partition);
        if (store.MarkOf(partition) is { } mark && IsOfUse(mark, topicId, Now(), cluster.Ends.HighWatermark(changelog))) return mark.Next;
        store.Clear(partition);
        return cluster.Ends.Starts([changelog])[changelog];
    }

    /// <summary>Whether a copy may be brought up to date: young, of this changelog, and not ahead of it.</summary>
    internal static bool IsOfUse((string TopicId, long Next, long UnixSeconds) mark, string topicId, long nowSeconds, long end) =>
        mark.TopicId == topicId && nowSeconds - mark.UnixSeconds < CopyAgeMax.TotalSeconds && mark.Next <= end;

    private IEnumerable<(char, string, ReadOnlyMemory<byte>?)> Changes(IEnumerable<Driver.ConsumeResult<string?, byte[]?>> records)
    {
        foreach (var record in records)
        {
            if (record.Message.Key is not { } key || !IsOurs(key)) continue;
            var kind = key[group.Length + 1];
            if (kind is not (StateStore.Value or StateStore.Sequence or StateStore.Begun)) continue;
            yield return (kind, key[(group.Length + 3)..], record.Message.Value is { } value ? value : (ReadOnlyMemory<byte>?)null);
        }
    }

    private bool IsOurs(string key) => key.StartsWith(group, StringComparison.Ordinal)
        && key.Length >= group.Length + 3 && key[group.Length] == '/' && key[group.Length + 2] == '/';

    private long Now() => cluster.Clock.GetUtcNow().ToUnixTimeSeconds();
}
