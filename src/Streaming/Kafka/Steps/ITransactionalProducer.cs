using Tppo.Streaming.Kafka.Native;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>A producer under one transactional id: the cluster's own, and in tests one that fails as planned. For one thread.</summary>
internal interface ITransactionalProducer : IDisposable
{
    /// <summary>Whether its id has been initialised and nothing has gone wrong since.</summary>
    bool IsReady { get; }

    /// <summary>Makes it where there is none: whatever was pending under its id is decided then.</summary>
    void Initialise();

    /// <summary>Begins a transaction.</summary>
    void Begin();

    /// <summary>Hands records over and waits until the brokers have them; gives the last offset on each partition.</summary>
    /// <param name="messages">Records with the partition of each.</param>
    /// <param name="last">The index of the last record of each partition.</param>
    Dictionary<Driver.TopicPartition, long> Produce(IReadOnlyList<KafkaMessage> messages, Dictionary<Driver.TopicPartition, int> last);

    /// <summary>Consumed offsets go with the transaction.</summary>
    void SendOffsets(IReadOnlyList<Driver.TopicPartitionOffset> offsets, Driver.IConsumerGroupMetadata consumer);

    /// <summary>Commits; returns once the coordinator has answered, which is before the markers stand.</summary>
    void Commit();

    /// <summary>Asks for it once: the next producer of this id aborts what is left, or the broker does by its time-out.</summary>
    void Abort();
}
