using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>The committed offsets of what a member owns: as they are, and as this member has left them.</summary>
internal sealed class GroupOffsets(KafkaLog log)
{
    private static readonly TimeSpan Request = TimeSpan.FromSeconds(10);
    private readonly Dictionary<Kafka.TopicPartition, long> noted = [];
    private readonly HashSet<int> missing = [];

    /// <summary>
    /// Where to go on: the committed offsets, or the start. Read only when no transaction is open on them: the library asks for
    /// stable ones and the broker makes it wait.
    /// </summary>
    internal Dictionary<Kafka.TopicPartition, long> Read(Kafka.IConsumer<string?, byte[]?> client, List<Kafka.TopicPartition> partitions, KafkaTransactions transactions)
    {
        if (partitions.Count == 0) return [];
        var committed = log.Patience.Try("committed offsets", () => client.Committed(partitions, Request), transactions.EndOffsets);
        var starts = log.Ends.Starts(partitions);
        foreach (var number in committed.GroupBy(c => c.Partition.Value))
        {
            if (number.All(c => c.Offset.IsSpecial)) missing.Add(number.Key);
            else missing.Remove(number.Key);
        }

        return committed.ToDictionary(c => c.TopicPartition, c => c.Offset.IsSpecial ? starts[c.TopicPartition] : Math.Max(c.Offset.Value, starts[c.TopicPartition]));
    }

    /// <summary>Notes what is committed by this member's doing, or was found to be: it changes only if somebody else has worked here.</summary>
    internal void Note(IEnumerable<KeyValuePair<Kafka.TopicPartition, long>> offsets)
    {
        foreach (var (partition, offset) in offsets) noted[partition] = offset;
    }

    /// <summary>Whether nobody has committed anything on a partition since this member did.</summary>
    internal bool AreAsLeft(int partition, Dictionary<Kafka.TopicPartition, long> offsets) =>
        offsets.Where(o => o.Key.Partition.Value == partition).All(o => noted.TryGetValue(o.Key, out var ours) && ours == o.Value);

    /// <summary>Whether nothing at all was committed on a partition when it was last looked at.</summary>
    internal bool AreMissing(int partition) => missing.Contains(partition);

    /// <summary>The offset of one of these partitions as it stands; empty where there is none.</summary>
    internal IEnumerable<Kafka.TopicPartitionOffset> Standing(IEnumerable<Kafka.TopicPartition> partitions) =>
        partitions.Where(noted.ContainsKey).Take(1).Select(p => new Kafka.TopicPartitionOffset(p, noted[p]));
}
