using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>A topic of the table as a cluster has it.</summary>
/// <param name="Name">Our name.</param>
/// <param name="KafkaName">The cluster's: with the prefix.</param>
/// <param name="Partitions">How many it has.</param>
/// <param name="IsCompacted">Whether it keeps the newest of each key: an empty value says there that the key is gone.</param>
internal sealed record TopicOnKafka(string Name, string KafkaName, int Partitions, bool IsCompacted)
{
    private readonly Kafka.TopicPartition[] places = [.. Enumerable.Range(0, Partitions).Select(p => new Kafka.TopicPartition(KafkaName, p))];

    /// <summary>One partition, by the client's name of it.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    internal Kafka.TopicPartition Place(int partition) => partition >= 0 && partition < places.Length
        ? places[partition]
        : throw new ArgumentException($"{Name}/{partition}: the topic has {Partitions} partitions");
}
