using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.Native;
using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>
/// One writer of transactions under one transactional id. After an outcome that nobody can tell the producer is thrown away;
/// the next one's initialisation decides what was pending, and only then are committed offsets worth reading.
/// </summary>
/// <remarks>
/// A broker answers before it writes the markers that end a transaction on its partitions. One that is killed in between may leave
/// them out: back again, it takes partitions without a leader, as its own are for a moment, for deleted ones (seen with Kafka
/// 4.3.1). What was written hangs then, readers stand before it, and the next transaction of the id that ends there decides it: its
/// abort would take a committed step back, its commit would bring an aborted one. So no transaction begins before the last one's
/// markers stand, and where they do not come, one of seals ends the partitions as they were meant to end. What is decided by what
/// is seen stands in <see cref="Settlement"/>.
/// </remarks>
internal sealed class KafkaTransactions(KafkaCluster cluster, ITransactionalProducer producer, string transactionalId, string? group) : IDisposable
{
    private static readonly TimeSpan SealAgainAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MarkersDue = TimeSpan.FromSeconds(3);

    // No broker is back sooner.
    private static readonly TimeSpan AwayMin = TimeSpan.FromSeconds(1);
    private Unsettled? unsettled;
    private StepOutcome settled = StepOutcome.Committed;

    /// <summary>The broker refused this producer since another has taken its id, or its transaction had timed out.</summary>
    internal bool WasFenced { get; private set; }

    /// <summary>Where the last transaction's records went: the last offset on each partition, as the broker acknowledged them.</summary>
    internal Dictionary<Driver.TopicPartition, long> Written { get; private set; } = [];

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
    internal StepOutcome Run(
        IReadOnlyList<KafkaMessage> messages, IReadOnlyList<Driver.TopicPartitionOffset> offsets, Driver.IConsumerGroupMetadata? consumer)
    {
        Ready();
        var last = Last(messages);
        var begun = unsettled = new Unsettled(StepOutcome.Aborted, last.Keys, offsets, cluster.Clock.GetTimestamp());
        Written = [];
        try
        {
            producer.Begin();
            Written = producer.Produce(messages, last);
            if (offsets.Count > 0) producer.SendOffsets(offsets, consumer!);
            unsettled = begun with { Meant = StepOutcome.Unknown };
            producer.Commit();
            unsettled = begun with { Meant = StepOutcome.Committed };
            return Settle();
        }
        catch (Driver.KafkaTxnRequiresAbortException e)
        {
            cluster.Observer.Notice($"{transactionalId}: refused, the step is taken back: {HeardErrors.Plain(e.Message)}");
            return Abort();
        }
        catch (Driver.KafkaException e)
        {
            WasFenced = IsFence(e);
            var outcome = Settlement.AfterFailure(unsettled!.Meant);
            var where = outcome == StepOutcome.Unknown ? " in a commit" : "";
            cluster.Observer.Notice($"{transactionalId}: {(WasFenced ? "fenced" : "failed")}{where}: {HeardErrors.Plain(e.Message)}");
            return Drop(outcome);
        }
    }

    /// <summary>
    /// Ends what the broker has left without an end of this id's offsets: nobody can read any of the group before. It ends as the
    /// last transaction did, or, of a former life, as committed: what was not, the initialisation has aborted.
    /// </summary>
    /// <param name="waited">For how long the offsets cannot be read: no less than open transactions may take to time out.</param>
    internal void EndOffsets(TimeSpan waited)
    {
        if (waited < cluster.Options.TransactionTimeout + MarkersDue) return;
        var verdict = settled == StepOutcome.Committed ? Verdict.SealCommitted : Verdict.SealAborted;
        Tell("offsets", waited, verdict);
        try
        {
            // An offset that nobody goes by brings the end to those that wait for it.
            var anyOffset = new Driver.TopicPartitionOffset(cluster.Topics.Find(new TopicPartition(Topics.Presence, 0)), 0);
            SealOff(cluster.Ends.Undecided(EndsOf([.. cluster.Places]), MarkersDue), [anyOffset], verdict);
        }
        catch (Driver.KafkaException e) when (!IsFence(e))
        {
            cluster.Observer.Notice($"{transactionalId}: not ended: {HeardErrors.Plain(e.Message)}");
        }
    }

    public void Dispose() => producer.Dispose();

    private StepOutcome Abort()
    {
        var outcome = Settlement.AfterFailure(unsettled!.Meant);
        try
        {
            producer.Abort();
            unsettled = unsettled with { Meant = StepOutcome.Aborted };
            return Settle();
        }
        catch (Driver.KafkaException e)
        {
            WasFenced = IsFence(e);
            cluster.Observer.Notice($"{transactionalId}: the abort failed: {HeardErrors.Plain(e.Message)}");
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
        var started = cluster.Clock.GetTimestamp();
        for (var due = MarkersDue; unsettled is { } last; due = MarkersDue + cluster.Options.TransactionTimeout)
        {
            var hanging = cluster.Ends.Undecided(last.Meant == StepOutcome.Aborted ? EndsOf(last.Places) : Written, due);
            var offsetsStand = hanging.Count > 0 || OffsetsStand(last);
            var someStand = last.Meant == StepOutcome.Unknown && hanging.Count + (offsetsStand ? 0 : 1) > 0
                && Written.Any(w => !hanging.Contains(w.Key) && cluster.IsThere(w.Key, w.Value));
            var verdict = Settlement.Decide(new Evidence(last.Meant, hanging.Count, offsetsStand, someStand));
            if (verdict == Verdict.Settled)
            {
                (unsettled, settled) = (null, last.Meant);
                return last.Meant;
            }

            Tell(hanging.Count == 0 ? "offsets" : $"{hanging.Count} partitions", due, verdict);
            unsettled = last with { Meant = Settlement.AfterSeals(last.Meant, verdict, Sealed(last, hanging, verdict, started)) };
        }

        return StepOutcome.Committed;
    }

    private bool Sealed(Unsettled last, List<Driver.TopicPartition> hanging, Verdict verdict, long started)
    {
        try
        {
            SealOff(hanging, last.Offsets, verdict);
            return true;
        }
        catch (Driver.KafkaException e) when (!IsFence(e))
        {
            cluster.Patience.RequireTime("the end of a transaction", cluster.Clock.GetElapsedTime(started), e);
            cluster.Clock.Pause(SealAgainAfter);
            return false;
        }
    }

    // They have their end apart from the records, and only a reader of offsets is told that it is missing. Asked where the broker
    // may have been away since the transaction began; those of one that was taken back are replaced by the next.
    private bool OffsetsStand(Unsettled last)
    {
        if (last.Offsets.Count == 0 || last.Meant == StepOutcome.Aborted || cluster.Clock.GetElapsedTime(last.Begun) < AwayMin) return true;
        using var onlooker = cluster.Clients.Onlooker(group!);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            try
            {
                onlooker.Committed(last.Offsets.Select(o => o.TopicPartition), MarkersDue);
                return true;
            }
            catch (Driver.KafkaException e) when (KafkaPatience.MayPass(e.Error))
            {
                // Not stable, or no answer: sealing them does no harm.
            }
        }

        return false;
    }

    // By a new producer: one that has seen its broker go may not come back from a call, and its abort would decide what hangs. The
    // offsets go first, where a refusal spoils nothing, and as of nobody: the member may have to join anew.
    private void SealOff(List<Driver.TopicPartition> hanging, IReadOnlyList<Driver.TopicPartitionOffset> offsets, Verdict verdict)
    {
        producer.Dispose();
        producer.Initialise();
        List<KafkaMessage> seals = [.. hanging.Select(p => Seal.Of(p, Written.GetValueOrDefault(p)))];
        producer.Begin();
        if (offsets.Count > 0)
        {
            using var onlooker = cluster.Clients.Onlooker(group!);
            producer.SendOffsets(offsets, onlooker.ConsumerGroupMetadata);
        }

        var sealedAt = producer.Produce(seals, Last(seals));
        if (verdict == Verdict.SealAborted)
        {
            producer.Abort();
            return;
        }

        producer.Commit();
        foreach (var (partition, offset) in sealedAt) Written[partition] = offset;
    }

    private void Tell(string what, TimeSpan waited, Verdict verdict) => cluster.Observer.Notice(
        $"{transactionalId}: {what} without the end of a transaction after {waited.TotalSeconds:F0} s: "
        + $"{(verdict == Verdict.SealCommitted ? "committed" : "aborted")} by another one");

    // What an aborted one wrote is known in part only: all that stands there now has to be decided.
    private Dictionary<Driver.TopicPartition, long> EndsOf(IReadOnlyCollection<Driver.TopicPartition> places) =>
        cluster.Ends.HighWatermarks(places).ToDictionary(e => e.Key, e => e.Value - 1);

    private static Dictionary<Driver.TopicPartition, int> Last(IReadOnlyList<KafkaMessage> messages)
    {
        var last = new Dictionary<Driver.TopicPartition, int>();
        for (var i = 0; i < messages.Count; i++) last[messages[i].Place] = i;
        return last;
    }

    private static bool IsFence(Driver.KafkaException e) =>
        e.Error.Code is Driver.ErrorCode.Local_Fenced or Driver.ErrorCode.ProducerFenced or Driver.ErrorCode.InvalidProducerEpoch;

    /// <summary>A transaction whose markers were not yet seen everywhere.</summary>
    private sealed record Unsettled(
        StepOutcome Meant, IReadOnlyCollection<Driver.TopicPartition> Places, IReadOnlyList<Driver.TopicPartitionOffset> Offsets, long Begun);
}
