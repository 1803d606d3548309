using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// A group's keyed state on <c>window-state.v1</c>, partition by partition: keys <c>group/s/key</c> hold what services put,
/// <c>group/q/topic</c> how many records went to a topic, <c>group/o/</c> that offsets were committed; compaction keeps the newest of each. Written once a step and key,
/// in the step's transaction; read to bring a local copy up to date.
/// </summary>
internal sealed class StateChangelog(string group, StateStore store, KafkaReader reader, KafkaEnds ends, KafkaTopics topics, string topicId, ILogObserver observer)
{
    private const int BatchRecords = 10_000;
    private const int TellEvery = 50_000;

    // Tombstones stay a day on the changelog: an older copy could keep what was deleted since.
    private static readonly TimeSpan CopyAgeMax = TimeSpan.FromHours(12);

    /// <summary>The changelog partition of a partition number.</summary>
    internal Kafka.TopicPartition Partition(int partition) => topics.Find(new TopicPartition(Core.Log.Topics.WindowState, partition));

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
        var to = ends.HighWatermark(changelog);
        var next = from;
        var read = 0L;
        var changed = 0;
        foreach (var batch in reader.Read(changelog, from, to).Chunk(BatchRecords))
        {
            next = batch[^1].Offset.Value + 1;
            var changes = Changes(batch).ToList();
            store.Apply(partition, changes, (topicId, next, Now()));
            changed += changes.Count;
            read += batch.Length;
            if (read % TellEvery == 0) observer.Restoring(group, partition, to - next);
        }

        if (to > from) store.Apply(partition, [], (topicId, to, Now()));
        if (read >= TellEvery) observer.Notice($"{group}: state of partition {partition} restored: {read:N0} records of the changelog");
        observer.Restoring(group, partition, 0);
        return changed;
    }

    private long Start(int partition)
    {
        var changelog = Partition(partition);
        if (store.MarkOf(partition) is { } mark && mark.TopicId == topicId && Now() - mark.UnixSeconds < CopyAgeMax.TotalSeconds && mark.Next <= ends.HighWatermark(changelog))
            return mark.Next;
        store.Clear(partition);
        return ends.Starts([changelog])[changelog];
    }

    private IEnumerable<(char, string, ReadOnlyMemory<byte>?)> Changes(IEnumerable<Kafka.ConsumeResult<string?, byte[]?>> records)
    {
        foreach (var record in records)
        {
            if (record.Message.Key is not { } key || !key.StartsWith(group, StringComparison.Ordinal) || key.Length < group.Length + 3 || key[group.Length] != '/' || key[group.Length + 2] != '/') continue;
            var kind = key[group.Length + 1];
            if (kind is StateStore.Value or StateStore.Sequence or StateStore.Begun) yield return (kind, key[(group.Length + 3)..], record.Message.Value is { } value ? value : (ReadOnlyMemory<byte>?)null);
        }
    }

    private static long Now() => DateTimeOffset.UtcNow.ToUnixTimeSeconds();
}
