using System.Collections.Concurrent;
using System.Text;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.Native;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>The cluster's producer under one transactional id, made when it is needed and again once it was dropped.</summary>
internal sealed class TransactionalProducer(KafkaCluster cluster, string transactionalId) : ITransactionalProducer
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan QueueServedFor = TimeSpan.FromMilliseconds(10);

    // Kept from the finalizer, which would wait for them for ever.
    private static readonly ConcurrentBag<Driver.IProducer<string?, byte[]?>> Abandoned = [];
    private readonly StuckCalls calls = new(cluster.Clock);
    private Driver.IProducer<string?, byte[]?>? producer;
    private NativeProducer? native;

    public bool IsReady => producer is not null;

    public void Initialise()
    {
        if (producer is not null) return;

        // Each attempt by another: one whose broker went may ask nobody any more.
        producer = cluster.Patience.Try("transactions", Initialised);
        native = new NativeProducer(producer);
    }

    public void Begin() => producer!.BeginTransaction();

    public Dictionary<Driver.TopicPartition, long> Produce(IReadOnlyList<KafkaMessage> messages, Dictionary<Driver.TopicPartition, int> last)
    {
        var written = new Dictionary<Driver.TopicPartition, long>();
        Driver.Error? failure = null;
        for (var i = 0; i < messages.Count; i++)
        {
            // Where the last one stands tells of those before it; a report for each would cost as much as its production.
            if (last[messages[i].Place] == i) Send(messages[i], Acknowledged);
            else while (!native!.TryProduce(messages[i])) producer!.Poll(QueueServedFor);
        }

        while (producer!.Flush(CallTimeout) > 0 && failure is null)
        {
            // The library gives up on records after its own time-out and then says so.
        }

        lock (written)
        {
            if (failure is null) return written;
            throw failure.IsFatal ? new Driver.KafkaException(failure) : new Driver.KafkaTxnRequiresAbortException(failure);
        }

        void Acknowledged(Driver.DeliveryReport<string?, byte[]?> report)
        {
            // Reports arrive on whichever thread serves the queue.
            lock (written)
            {
                if (report.Error.IsError) failure ??= report.Error;
                else written[report.TopicPartition] = report.Offset.Value;
            }
        }
    }

    public void SendOffsets(IReadOnlyList<Driver.TopicPartitionOffset> offsets, Driver.IConsumerGroupMetadata consumer) =>
        Call(() => producer!.SendOffsetsToTransaction(offsets, consumer, CallTimeout), cluster.Options.TransactionTimeout);

    public void Commit() => Call(() => producer!.CommitTransaction(CallTimeout), cluster.Options.TransactionTimeout);

    public void Abort() => Call(() => producer!.AbortTransaction(CallTimeout), TimeSpan.Zero);

    /// <summary>Drops the producer: another is made when it is needed.</summary>
    public void Dispose()
    {
        native?.Dispose();
        producer?.Dispose();
        (native, producer) = (null, null);
    }

    private Driver.IProducer<string?, byte[]?> Initialised()
    {
        var made = cluster.Clients.Producer(transactionalId);
        try
        {
            if (calls.ComesBack(() => made.InitTransactions(CallTimeout), TimeSpan.Zero)) return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }

        Abandoned.Add(made);
        throw StuckCalls.NotBack("initialisation");
    }

    private void Send(KafkaMessage message, Action<Driver.DeliveryReport<string?, byte[]?>> handler)
    {
        var headers = new Driver.Headers();
        foreach (var header in message.AllHeaders()) headers.Add(header.Name, Encoding.UTF8.GetBytes(header.Value));
        var value = message.IsGone ? null : message.Value.ToArray();
        var managed = new Driver.Message<string?, byte[]?> { Key = message.Key, Value = value, Headers = headers };
        while (true)
        {
            try
            {
                producer!.Produce(message.Place, managed, handler);
                return;
            }
            catch (Driver.ProduceException<string?, byte[]?> e) when (e.Error.Code == Driver.ErrorCode.Local_QueueFull)
            {
                producer!.Poll(QueueServedFor);
            }
        }
    }

    private void Call(Action call, TimeSpan tryFor)
    {
        if (calls.ComesBack(call, tryFor)) return;

        // Another producer of this id takes over: nothing that was not committed survives that.
        Abandoned.Add(producer!);
        (native, producer) = (null, null);
        throw StuckCalls.NotBack("call");
    }
}
