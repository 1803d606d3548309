using Tppo.Core.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>One topic in this folder.</summary>
internal sealed class TopicLog(TopicSpec spec, ushort id, int partitions)
{
    internal TopicSpec Spec { get; } = spec;

    internal ushort Id { get; } = id;

    internal PartitionLog[] Partitions { get; } =
        [.. Enumerable.Range(0, partitions).Select(p => new PartitionLog(new TopicPartition(spec.Name, p), id))];

    /// <summary>Gate: the name and id are in the database; a topic is written down with its first record.</summary>
    internal bool Stored { get; set; }

    internal PartitionLog Partition(int partition) => partition >= 0 && partition < Partitions.Length
        ? Partitions[partition]
        : throw new ArgumentException($"topic '{Spec.Name}' has no partition {partition}: expected 0 to {Partitions.Length - 1}");
}
