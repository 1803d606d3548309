using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>A topic of the table as a cluster has it.</summary>
/// <param name="Name">Our name.</param>
/// <param name="KafkaName">The cluster's: with the prefix.</param>
/// <param name="Partitions">How many it has.</param>
/// <param name="IsCompacted">Whether it keeps the newest of each key: an empty value says there that the key is gone.</param>
internal sealed record TopicOnKafka(string Name, string KafkaName, int Partitions, bool IsCompacted)
{
    private readonly Driver.TopicPartition[] places = [.. Enumerable.Range(0, Partitions).Select(p => new Driver.TopicPartition(KafkaName, p))];

    /// <summary>Its partitions, by the client's names of them.</summary>
    internal IReadOnlyList<Driver.TopicPartition> Places => places;

    /// <summary>One partition, by the client's name of it.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal Driver.TopicPartition Place(int partition) => partition >= 0 && partition < places.Length
        ? places[partition]
        : throw new ArgumentException($"{Name}/{partition}: the topic has {Partitions} partitions");
}
