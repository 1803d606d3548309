using System.Diagnostics;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// One writer of transactions under one transactional id. After an outcome that nobody can tell the producer is thrown away;
/// the next one's initialisation decides what was pending, and only then are committed offsets worth reading.
/// </summary>
/// <remarks>
/// A broker answers before it writes the markers that end a transaction on its partitions. One that is killed in between may leave
/// them out: back again, it takes partitions without a leader, as its own are for a moment, for deleted ones (seen with Kafka
/// 4.3.1). What was written hangs then, readers stand before it, and the next transaction of the id that ends there decides it: its
/// abort would take a committed step back, its commit would bring an aborted one. So no transaction begins before the last one's
/// markers stand, and where they do not come, one of seals ends the partitions as they were meant to end.
/// </remarks>
internal sealed class KafkaTransactions(TransactionalProducer producer, string transactionalId, string? group, KafkaLog log) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MarkersDue = TimeSpan.FromSeconds(3);

    // No broker is back sooner.
    private static readonly TimeSpan AwayMin = TimeSpan.FromSeconds(1);
    private readonly ILogObserver observer = log.Options.Observer;
    private Unsettled? unsettled;
    private StepOutcome settled = StepOutcome.Committed;

    /// <summary>The broker refused this producer since another has taken its id, or its transaction had timed out.</summary>
    internal bool WasFenced { get; private set; }

    /// <summary>Where the last transaction's records went: the last offset on each partition, as the broker acknowledged them.</summary>
    internal Dictionary<Kafka.TopicPartition, long> Written { get; private set; } = [];

    /// <summary>Makes a producer where there is none, and sees to it that the last transaction is decided everywhere.</summary>
    internal void Ready()
    {
        if (!producer.IsReady) WasFenced = false;
        producer.Initialise();
        Settle();
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
        var last = Last(messages);
        var begun = unsettled = new Unsettled(StepOutcome.Aborted, last.Keys, offsets, Stopwatch.GetTimestamp());
        Written = [];
        try
        {
            producer.Begin();
            Written = producer.Produce(messages, last);
            if (offsets.Count > 0) producer.SendOffsets(offsets, consumer!);
            if (fault is FaultMark.AbortBeforeWrite) return Abort();
            if (fault is FaultMark.UnknownBeforeWrite) return Drop(StepOutcome.Unknown);
            if (fault is FaultMark.CrashBeforeWrite) throw new InjectedCrashException("crash before the write");
            unsettled = begun with { Outcome = StepOutcome.Unknown };
            producer.Commit();
            log.Options.CommitAnswered?.Invoke();
            unsettled = begun with { Outcome = StepOutcome.Committed };
            if (fault is FaultMark.CrashAfterWrite) throw new InjectedCrashException("crash after the write");
            return fault is FaultMark.UnknownAfterWrite ? Drop(StepOutcome.Unknown) : Settle();
        }
        catch (Kafka.KafkaTxnRequiresAbortException e)
        {
            observer.Notice($"{transactionalId}: refused, the step is taken back: {KafkaClients.Plain(e.Message)}");
            return Abort();
        }
        catch (Kafka.KafkaException e)
        {
            WasFenced = IsFence(e);
            observer.Notice($"{transactionalId}: {(WasFenced ? "fenced" : "failed")}{(MayBeCommitted ? " in a commit" : "")}: {KafkaClients.Plain(e.Message)}");
            return Drop(MayBeCommitted ? StepOutcome.Unknown : StepOutcome.Aborted);
        }
    }

    /// <summary>
    /// Ends what the broker has left without an end of this id's offsets: nobody can read any of the group before. It ends as the
    /// last transaction did, or, of a former life, as committed: what was not, the initialisation has aborted.
    /// </summary>
    /// <param name="waited">For how long the offsets cannot be read: no less than open transactions may take to time out.</param>
    internal void EndOffsets(TimeSpan waited)
    {
        if (waited < log.Options.TransactionTimeout + MarkersDue) return;
        var places = log.Topics.Existing.SelectMany(t => Enumerable.Range(0, t.Partitions).Select(t.Place)).ToList();
        var commit = settled == StepOutcome.Committed;
        observer.Notice($"{transactionalId}: offsets without the end of a transaction after {waited.TotalSeconds:F0} s: {Ended(commit)} by another one");
        try
        {
            // An offset that nobody goes by brings the end to those that wait for it.
            SealOff(log.Ends.Undecided(EndsOf(places), MarkersDue), [new Kafka.TopicPartitionOffset(log.Topics.Find(new TopicPartition(Core.Log.Topics.Presence, 0)), 0)], commit);
        }
        catch (Kafka.KafkaException e) when (!IsFence(e))
        {
            observer.Notice($"{transactionalId}: not ended: {KafkaClients.Plain(e.Message)}");
        }
    }

    public void Dispose() => producer.Dispose();

    // Where no commit was asked for, none can have happened.
    private bool MayBeCommitted => unsettled is { Outcome: not StepOutcome.Aborted };

    private StepOutcome Abort()
    {
        var outcome = MayBeCommitted ? StepOutcome.Unknown : StepOutcome.Aborted;
        try
        {
            producer.Abort();
            unsettled = unsettled! with { Outcome = StepOutcome.Aborted };
            return Settle();
        }
        catch (Kafka.KafkaException e)
        {
            WasFenced = IsFence(e);
            observer.Notice($"{transactionalId}: the abort failed: {KafkaClients.Plain(e.Message)}");
            return Drop(outcome);
        }
    }

    private StepOutcome Drop(StepOutcome outcome)
    {
        producer.Dispose();
        return outcome;
    }

    // Gives how the last transaction has ended.
    private StepOutcome Settle()
    {
        var started = Stopwatch.GetTimestamp();
        for (var due = MarkersDue; unsettled is { } last; due = MarkersDue + log.Options.TransactionTimeout)
        {
            var hanging = log.Ends.Undecided(last.Outcome == StepOutcome.Aborted ? EndsOf(last.Places) : Written, due);
            if (hanging.Count == 0 && OffsetsStand(last))
            {
                (unsettled, settled) = (null, last.Outcome);
                return last.Outcome;
            }

            // Of one that nobody can tell of, what is decided already tells; where nothing is, it is taken back.
            var commit = last.Outcome == StepOutcome.Committed || (last.Outcome == StepOutcome.Unknown && Written.Any(w => !hanging.Contains(w.Key) && log.IsThere(w)));
            observer.Notice($"{transactionalId}: {(hanging.Count == 0 ? "offsets" : $"{hanging.Count} partitions")} without the end of a transaction after {due.TotalSeconds:F0} s: {Ended(commit)} by another one");
            try
            {
                SealOff(hanging, last.Offsets, commit);
                unsettled = last with { Outcome = commit ? StepOutcome.Committed : StepOutcome.Aborted };
            }
            catch (Kafka.KafkaException e) when (!IsFence(e))
            {
                log.Patience.RequireTime("the end of a transaction", Stopwatch.GetElapsedTime(started), e);
                if (commit) unsettled = last with { Outcome = StepOutcome.Unknown };
                Thread.Sleep(Pause);
            }
        }

        return StepOutcome.Committed;
    }

    // They have their end apart from the records, and only a reader of offsets is told that it is missing. Asked where the broker
    // may have been away since the transaction began; those of one that was taken back are replaced by the next.
    private bool OffsetsStand(Unsettled last)
    {
        if (last.Offsets.Count == 0 || last.Outcome == StepOutcome.Aborted || Stopwatch.GetElapsedTime(last.Asked) < AwayMin) return true;
        using var onlooker = log.Clients.Onlooker(group!);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                onlooker.Committed(last.Offsets.Select(o => o.TopicPartition), MarkersDue);
                return true;
            }
            catch (Kafka.KafkaException e) when (KafkaPatience.MayPass(e.Error))
            {
                // Not stable, or no answer: sealing them does no harm.
            }
        }

        return false;
    }

    // By a new producer: one that has seen its broker go may not come back from a call, and its abort would decide what hangs. The
    // offsets go first, where a refusal spoils nothing, and as of nobody: the member may have to join anew.
    private void SealOff(List<Kafka.TopicPartition> hanging, IReadOnlyList<Kafka.TopicPartitionOffset> offsets, bool commit)
    {
        producer.Dispose();
        producer.Initialise();
        List<KafkaMessage> seals = [.. hanging.Select(p => Seal.Of(p, Written.GetValueOrDefault(p)))];
        producer.Begin();
        if (offsets.Count > 0)
        {
            using var onlooker = log.Clients.Onlooker(group!);
            producer.SendOffsets(offsets, onlooker.ConsumerGroupMetadata);
        }

        var sealedAt = producer.Produce(seals, Last(seals));
        if (commit) producer.Commit();
        else producer.Abort();
        foreach (var (partition, offset) in sealedAt.Where(_ => commit)) Written[partition] = offset;
    }

    // What an aborted one wrote is known in part only: all that stands there now has to be decided.
    private Dictionary<Kafka.TopicPartition, long> EndsOf(IReadOnlyCollection<Kafka.TopicPartition> places) =>
        log.Ends.HighWatermarks(places).ToDictionary(e => e.Key, e => e.Value - 1);

    private static Dictionary<Kafka.TopicPartition, int> Last(IReadOnlyList<KafkaMessage> messages)
    {
        var last = new Dictionary<Kafka.TopicPartition, int>();
        for (var i = 0; i < messages.Count; i++) last[messages[i].Place] = i;
        return last;
    }

    private static string Ended(bool commit) => commit ? "committed" : "aborted";

    private static bool IsFence(Kafka.KafkaException e) => e.Error.Code is Kafka.ErrorCode.Local_Fenced or Kafka.ErrorCode.ProducerFenced or Kafka.ErrorCode.InvalidProducerEpoch;

    /// <summary>A transaction whose markers were not yet seen everywhere.</summary>
    private sealed record Unsettled(StepOutcome Outcome, IReadOnlyCollection<Kafka.TopicPartition> Places, IReadOnlyList<Kafka.TopicPartitionOffset> Offsets, long Asked);
}
