using Tppo.Streaming.Faults;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.Native;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>
/// For tests: a producer that fails at a commit as planned, in the ways in which the library does, and that tells when a broker has
/// answered one. Transactions of seals are left alone: they are no steps.
/// </summary>
/// <param name="producer">Does the work.</param>
/// <param name="next">The fault that strikes the next step, if any.</param>
/// <param name="answered">Called where a broker has answered a commit, whose markers may not stand yet.</param>
internal sealed class FaultyProducer(ITransactionalProducer producer, Func<FaultMark?> next, Action? answered) : ITransactionalProducer
{
    private FaultMark? fault;

    public bool IsReady => producer.IsReady;

    public void Initialise() => producer.Initialise();

    public void Begin() => producer.Begin();

    public Dictionary<Driver.TopicPartition, long> Produce(IReadOnlyList<KafkaMessage> messages, Dictionary<Driver.TopicPartition, int> last)
    {
        fault = messages.Count > 0 && Seal.Is(messages[0]) ? null : next();
        return producer.Produce(messages, last);
    }

    public void SendOffsets(IReadOnlyList<Driver.TopicPartitionOffset> offsets, Driver.IConsumerGroupMetadata consumer) =>
        producer.SendOffsets(offsets, consumer);

    public void Commit()
    {
        switch (fault)
        {
            case FaultMark.AbortBeforeWrite: throw new Driver.KafkaTxnRequiresAbortException(Planned("refused as planned"));
            case FaultMark.UnknownBeforeWrite: throw new Driver.KafkaException(Planned("no answer, as planned"));
            case FaultMark.CrashBeforeWrite: throw new InjectedCrashException("crash before the write");
        }

        producer.Commit();
        answered?.Invoke();
        switch (fault)
        {
            case FaultMark.UnknownAfterWrite: throw new Driver.KafkaException(Planned("the answer is lost, as planned"));
            case FaultMark.CrashAfterWrite: throw new InjectedCrashException("crash after the write");
        }
    }

    public void Abort() => producer.Abort();

    public void Dispose() => producer.Dispose();

    private static Driver.Error Planned(string what) => new(Driver.ErrorCode.Local_Fail, what);
}
