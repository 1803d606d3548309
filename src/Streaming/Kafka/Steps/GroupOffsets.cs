using Tppo.Streaming.Kafka.Cluster;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>The committed offsets of what a member owns: as they are, and as this member has left them.</summary>
internal sealed class GroupOffsets(KafkaCluster cluster)
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private readonly Dictionary<Driver.TopicPartition, long> noted = [];
    private readonly HashSet<int> missing = [];

    /// <summary>
    /// Where to go on: the committed offsets, or the start. Read only when no transaction is open on them: the library asks for
    /// stable ones and the broker makes it wait.
    /// </summary>
    /// <param name="client">Who asks.</param>
    /// <param name="partitions">Of which partitions.</param>
    /// <param name="transactions">Told where they cannot be read for long.</param>
    internal Dictionary<Driver.TopicPartition, long> Read(
        Driver.IConsumer<string?, byte[]?> client, List<Driver.TopicPartition> partitions, KafkaTransactions transactions)
    {
        if (partitions.Count == 0) return [];
        var committed = cluster.Patience.Try("committed offsets", () => client.Committed(partitions, RequestTimeout), transactions.EndOffsets);
        var starts = cluster.Ends.Starts(partitions);
        foreach (var number in committed.GroupBy(c => c.Partition.Value))
        {
            if (number.All(c => c.Offset.IsSpecial)) missing.Add(number.Key);
            else missing.Remove(number.Key);
        }

        return committed.ToDictionary(c => c.TopicPartition, c => Math.Max(c.Offset.IsSpecial ? 0 : c.Offset.Value, starts[c.TopicPartition]));
    }

    /// <summary>Notes what is committed by this member's doing, or was found to be: it changes only if somebody else has worked here.</summary>
    internal void Note(IEnumerable<KeyValuePair<Driver.TopicPartition, long>> offsets)
    {
        foreach (var (partition, offset) in offsets) noted[partition] = offset;
    }

    /// <summary>Whether nobody has committed anything on a partition since this member did.</summary>
    internal bool AreAsLeft(int partition, Dictionary<Driver.TopicPartition, long> offsets) =>
        offsets.Where(o => o.Key.Partition.Value == partition).All(o => noted.TryGetValue(o.Key, out var ours) && ours == o.Value);

    /// <summary>Whether nothing at all was committed on a partition when it was last looked at.</summary>
    internal bool AreMissing(int partition) => missing.Contains(partition);

    /// <summary>The offset of one of these partitions as it stands; empty where there is none.</summary>
    internal IEnumerable<Driver.TopicPartitionOffset> Standing(IEnumerable<Driver.TopicPartition> partitions) =>
        partitions.Where(noted.ContainsKey).Take(1).Select(p => new Driver.TopicPartitionOffset(p, noted[p]));
}
