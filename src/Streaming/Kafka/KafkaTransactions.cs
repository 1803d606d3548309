using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// One writer of transactions under one transactional id. After an outcome that nobody can tell the producer is thrown away;
/// the next one's initialisation decides what was pending, and only then are committed offsets worth reading.
/// </summary>
internal sealed class KafkaTransactions(KafkaClients clients, string transactionalId, KafkaPatience patience, KafkaOptions options) : IDisposable
{
    private static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);

    // The library's calls outlast their own time-out by a little while a broker restarts, or never come back at all.
    private static readonly TimeSpan Stuck = TimeSpan.FromSeconds(8);

    // Kept from the finalizer, which would wait for them for ever.
    private static readonly ConcurrentBag<Kafka.IProducer<string?, byte[]?>> Abandoned = [];
    private Kafka.IProducer<string?, byte[]?>? producer;
    private NativeProducer? native;

    /// <summary>The broker refused this producer since another has taken its id, or its transaction had timed out.</summary>
    internal bool WasFenced { get; private set; }

    /// <summary>Where the last transaction's records went: the last offset on each partition, as the broker acknowledged them.</summary>
    internal Dictionary<Kafka.TopicPartition, long> Written { get; } = [];

    /// <summary>Makes a producer where there is none: whatever was pending under its id is decided then.</summary>
    internal void Ready()
    {
        if (producer is not null) return;

        // Each attempt by another: one whose broker went may ask nobody any more.
        producer = patience.Try("transactions", Initialised);
        native = new NativeProducer(producer);
        WasFenced = false;
    }

    /// <summary>Takes all of it or none.</summary>
    /// <param name="messages">Records with the partition of each.</param>
    /// <param name="offsets">Consumed offsets; empty for none.</param>
    /// <param name="consumer">Who consumed; null where there are no offsets.</param>
    /// <param name="fault">A planted fault.</param>
    internal StepOutcome Run(
        IReadOnlyList<KafkaMessage> messages,
        IReadOnlyList<Kafka.TopicPartitionOffset> offsets,
        Kafka.IConsumerGroupMetadata? consumer,
        FaultMark? fault)
    {
        Ready();
        var committing = false;
        try
        {
            producer!.BeginTransaction();
            Produce(messages);
            if (offsets.Count > 0) Again(() => producer.SendOffsetsToTransaction(offsets, consumer!, Attempt), options.TransactionTimeout);
            if (fault is FaultMark.AbortBeforeWrite) return Abort(committing);
            if (fault is FaultMark.UnknownBeforeWrite) return Drop(StepOutcome.Unknown);
            if (fault is FaultMark.CrashBeforeWrite) throw new InjectedCrashException("crash before the write");
            committing = true;
            Again(() => producer.CommitTransaction(Attempt), options.TransactionTimeout);
            if (fault is FaultMark.CrashAfterWrite) throw new InjectedCrashException("crash after the write");
            return fault is FaultMark.UnknownAfterWrite ? Drop(StepOutcome.Unknown) : StepOutcome.Committed;
        }
        catch (Kafka.KafkaTxnRequiresAbortException e)
        {
            options.Observer.Notice($"{transactionalId}: refused, the step is taken back: {KafkaClients.Plain(e.Message)}");
            return Abort(committing);
        }
        catch (Kafka.KafkaException e)
        {
            WasFenced = e.Error.Code is Kafka.ErrorCode.Local_Fenced or Kafka.ErrorCode.ProducerFenced or Kafka.ErrorCode.InvalidProducerEpoch;
            options.Observer.Notice($"{transactionalId}: {(WasFenced ? "fenced" : "failed")}{(committing ? " in a commit" : "")}: {KafkaClients.Plain(e.Message)}");
            return Drop(committing ? StepOutcome.Unknown : StepOutcome.Aborted);
        }
    }

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

    private void Produce(IReadOnlyList<KafkaMessage> messages)
    {
        Written.Clear();
        var last = new Dictionary<Kafka.TopicPartition, int>();
        for (var i = 0; i < messages.Count; i++) last[messages[i].Place] = i;
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

        lock (Written)
        {
            if (failure is not null) throw failure.IsFatal ? new Kafka.KafkaException(failure) : new Kafka.KafkaTxnRequiresAbortException(failure);
        }

        void Acknowledged(Kafka.DeliveryReport<string?, byte[]?> report)
        {
            // Reports arrive on whichever thread serves the queue.
            lock (Written)
            {
                if (report.Error.IsError) failure ??= report.Error;
                else Written[report.TopicPartition] = report.Offset.Value;
            }
        }
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

    // Where no commit was asked for, none can have happened. It is asked for once: the next producer of this id aborts what is left,
    // or the broker does by its time-out.
    private StepOutcome Abort(bool committing)
    {
        try
        {
            Again(() => producer!.AbortTransaction(Attempt), TimeSpan.Zero);
            return StepOutcome.Aborted;
        }
        catch (Kafka.KafkaException e)
        {
            WasFenced = e.Error.Code is Kafka.ErrorCode.Local_Fenced or Kafka.ErrorCode.ProducerFenced or Kafka.ErrorCode.InvalidProducerEpoch;
            options.Observer.Notice($"{transactionalId}: the abort failed: {KafkaClients.Plain(e.Message)}");
            return Drop(committing ? StepOutcome.Unknown : StepOutcome.Aborted);
        }
    }

    private StepOutcome Drop(StepOutcome outcome)
    {
        Dispose();
        return outcome;
    }
}
