using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>Brokers answered that they know no such topic, or no such partition of it.</summary>
/// <param name="topic">The topic, by the brokers' name.</param>
/// <param name="error">What they said.</param>
/// <param name="cause">How it came.</param>
internal sealed class UnknownTopicException(string topic, Driver.Error error, Exception? cause = null) : Driver.KafkaException(error, cause)
{
    internal string Topic { get; } = topic;
}
