using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>A producer under one transactional id, made when it is needed and again once it was dropped. For one thread.</summary>
internal sealed class TransactionalProducer(KafkaClients clients, string transactionalId, KafkaPatience patience, KafkaOptions options) : IDisposable
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);

    // The library's calls outlast their own time-out by a little while a broker restarts, or never come back at all.
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(8);

    // Kept from the finalizer, which would wait for them for ever.
    private static readonly ConcurrentBag<Kafka.IProducer<string?, byte[]?>> Abandoned = [];
    private Kafka.IProducer<string?, byte[]?>? producer;
    private NativeProducer? native;

    /// <summary>Whether its id has been initialised and nothing has gone wrong since.</summary>
    internal bool IsReady => producer is not null;

    /// <summary>Makes it: whatever was pending under its id is decided then.</summary>
    internal void Initialise()
    {
        if (producer is not null) return;

        // Each attempt by another: one whose broker went may ask nobody any more.
        producer = patience.Try("transactions", Initialised);
        native = new NativeProducer(producer);
    }

    /// <summary>Begins a transaction.</summary>
    internal void Begin() => producer!.BeginTransaction();

    /// <summary>Hands records over and waits until the brokers have them; gives the last offset on each partition.</summary>
    /// <param name="messages">Records with the partition of each.</param>
    /// <param name="last">The index of the last record of each partition.</param>
    internal Dictionary<Kafka.TopicPartition, long> Produce(IReadOnlyList<KafkaMessage> messages, Dictionary<Kafka.TopicPartition, int> last)
    {
        var written = new Dictionary<Kafka.TopicPartition, long>();
        Kafka.Error? failure = null;
        for (var i = 0; i < messages.Count; i++)
        {
            // Where the last one stands tells of those before it; a report for each would cost as much as its production.
            if (last[messages[i].Place] == i) Send(messages[i], Acknowledged);
            else while (!native!.TryProduce(messages[i])) producer!.Poll(TimeSpan.FromMilliseconds(10));
        }

        while (producer!.Flush(Attempt) > 0 && failure is null)
        {
            // The library gives up on records after its own time-out and then says so.
        }

        lock (written)
        {
            if (failure is not null) throw failure.IsFatal ? new Kafka.KafkaException(failure) : new Kafka.KafkaTxnRequiresAbortException(failure);
        }

        return written;

        void Acknowledged(Kafka.DeliveryReport<string?, byte[]?> report)
        {
            // Reports arrive on whichever thread serves the queue.
            lock (written)
            {
                if (report.Error.IsError) failure ??= report.Error;
                else written[report.TopicPartition] = report.Offset.Value;
            }
        }
    }

    /// <summary>Consumed offsets go with the transaction.</summary>
    internal void SendOffsets(IReadOnlyList<Kafka.TopicPartitionOffset> offsets, Kafka.IConsumerGroupMetadata consumer) =>
        Again(() => producer!.SendOffsetsToTransaction(offsets, consumer, Attempt), options.TransactionTimeout);

    internal void Commit() => Again(() => producer!.CommitTransaction(Attempt), options.TransactionTimeout);

    /// <summary>Asks for it once: the next producer of this id aborts what is left, or the broker does by its time-out.</summary>
    internal void Abort() => Again(() => producer!.AbortTransaction(Attempt), TimeSpan.Zero);

    /// <summary>Drops the producer: another is made when it is needed.</summary>
    public void Dispose()
    {
        native?.Dispose();
        producer?.Dispose();
        (native, producer) = (null, null);
    }

    private Kafka.IProducer<string?, byte[]?> Initialised()
    {
        var made = clients.Producer(transactionalId);
        try
        {
            if (CameBack(() => made.InitTransactions(Attempt))) return made;
        }
        catch
        {
            made.Dispose();
            throw;
        }

        Abandoned.Add(made);
        throw NotBack("initialisation");
    }

    private void Send(KafkaMessage message, Action<Kafka.DeliveryReport<string?, byte[]?>> handler)
    {
        var headers = new Kafka.Headers();
        foreach (var header in message.AllHeaders()) headers.Add(header.Name, Encoding.UTF8.GetBytes(header.Value));
        var managed = new Kafka.Message<string?, byte[]?> { Key = message.Key, Value = message.IsGone ? null : message.Value.ToArray(), Headers = headers };
        while (true)
        {
            try
            {
                producer!.Produce(message.Place, managed, handler);
                return;
            }
            catch (Kafka.ProduceException<string?, byte[]?> e) when (e.Error.Code == Kafka.ErrorCode.Local_QueueFull)
            {
                producer!.Poll(TimeSpan.FromMilliseconds(10));
            }
        }
    }

    private void Again(Action call, TimeSpan tryFor)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                if (CameBack(call)) return;

                // Another producer of this id takes over: nothing that was not committed survives that.
                Abandoned.Add(producer!);
                (native, producer) = (null, null);
                throw NotBack("call");
            }
            catch (Kafka.KafkaRetriableException) when (Stopwatch.GetElapsedTime(started) < tryFor)
            {
                // Safe to repeat: the library goes on with the same call.
            }
        }
    }

    private static Kafka.KafkaException NotBack(string what) =>
        new(new Kafka.Error(Kafka.ErrorCode.Local_TimedOut, $"the library does not come back from its {what} after {Stuck.TotalSeconds:F0} s: its producer is abandoned"));

    private static bool CameBack(Action call)
    {
        var task = Task.Run(call);
        if (Task.WaitAny([task], Stuck) < 0) return false;
        task.GetAwaiter().GetResult();
        return true;
    }
}
