using System.Diagnostics;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// A static member of a consumer group. All of the library's callbacks run inside <see cref="Poll"/>, which is never called
/// while a step is open, so no rebalance happens inside a transaction.
/// </summary>
internal sealed class KafkaConsumer : IConsumer
{
    private const long PollBytesMax = 64L << 20;
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FillTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan ProbeAfter = TimeSpan.FromMilliseconds(300);
    private readonly KafkaLog log;
    private readonly IReadOnlyList<string> topics;
    private readonly GroupMembership membership;
    private readonly FetchedRecords fetched;
    private KafkaStep? step;
    private StepOutcome lastOutcome;
    private bool rewindDue, disposed;

    internal KafkaConsumer(KafkaLog log, string group, string member, IReadOnlyList<string> topics, IRebalanceListener? listener)
    {
        (this.log, this.topics, Group) = (log, topics, group);
        var kafkaGroup = log.Options.Prefix + group;
        Store = StateStore.Open(log.Options.StateFolder, $"{kafkaGroup}-{member}");
        Changelog = log.ChangelogOf(group, Store);
        Transactions = log.TransactionsOf($"{kafkaGroup}-{member}", kafkaGroup);
        membership = new GroupMembership(log, kafkaGroup, member, topics, Changelog, Store, Transactions, listener);
        fetched = membership.Fetched;
    }

    public IReadOnlyList<TopicPartition> Assignment => membership.Assignment;

    public IStateReader State => Store;

    public bool AtEnd => !membership.Due && !Behind();

    internal string Group { get; }

    internal StateStore Store { get; }

    internal StateChangelog Changelog { get; }

    internal KafkaTransactions Transactions { get; }

    internal StepBuffers Buffers { get; } = new();

    internal Kafka.IConsumerGroupMetadata Membership => membership.Client.ConsumerGroupMetadata;

    /// <summary>One offset that is committed already; empty where nothing is owned.</summary>
    internal IEnumerable<Kafka.TopicPartitionOffset> Standing => membership.Standing;

    internal int LeastOwned => membership.Assignment.Count == 0 ? 0 : membership.Assignment.Min(a => a.Partition);

    public IReadOnlyList<LogRecord> Poll(int recordsMax, TimeSpan timeout, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recordsMax);
        ThrowIfNotReady();
        var started = Stopwatch.GetTimestamp();
        var (probeAt, rejoinAt) = (ProbeAfter, membership.Due ? 3 * log.Options.SessionTimeout : log.Options.SessionTimeout);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(log.Closed, log);
            membership.ThrowIfFenced(ct);
            Fill(recordsMax);
            membership.Settle();
            if (fetched.Take(recordsMax, PollBytesMax) is { Count: > 0 } records)
            {
                membership.HandedOut(records);
                return records;
            }

            // What was committed before this call is brought by it, however long the fetch takes; and so is an assignment.
            var elapsed = Stopwatch.GetElapsedTime(started);
            var left = timeout == Timeout.InfiniteTimeSpan ? Slice : timeout - elapsed;
            if (left > Slice) left = Slice;
            if (left <= TimeSpan.Zero)
            {
                var waits = membership.Due ? elapsed < log.Options.JoinPatience : Behind(handedOutOnly: true) && elapsed < log.Options.Patience;
                if (!waits)
                {
                    membership.HandedOut([]);
                    return [];
                }

                left = Slice;
                if (elapsed > probeAt) Probe();
                if (elapsed > probeAt) probeAt = 2 * elapsed;
                if (elapsed > rejoinAt)
                {
                    log.Options.Observer.Notice($"{Group}: nothing comes for {elapsed.TotalSeconds:F0} s though there is something: joins anew");
                    membership.Rejoin();
                    rejoinAt = 2 * elapsed;
                }
            }

            membership.Serve(left, recordsMax);
        }
    }

    public void Pause(TopicPartition p) => fetched.Find(p).Paused = true;

    public void Resume(TopicPartition p) => fetched.Find(p).Paused = false;

    public long Position(TopicPartition p) => fetched.Find(p).Position;

    public IStep Begin()
    {
        ThrowIfNotReady();
        return step = new KafkaStep(log, this);
    }

    public void Rewind()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (step is not null) throw new InvalidOperationException("a step is open: finish or abort it first");
        rewindDue = false;
        if (membership.LooksFenced(Transactions.WasFenced)) return;

        // Its initialisation decides what was pending: before that, committed offsets are not final.
        Transactions.Ready();
        membership.Rewind(restore: lastOutcome == StepOutcome.Unknown);
    }

    public void Dispose()
    {
        if (disposed) return;
        step?.Dispose();
        disposed = true;
        Transactions.Dispose();
        membership.Dispose();
        Store.Dispose();
        log.Left(Group, this);
    }

    internal IReadOnlyList<string> Topics => topics;

    internal bool Owns(int partition) => fetched.Owns(partition);

    internal void RequireOwned(TopicPartition partition) => fetched.Find(partition);

    internal void RequireOwned(int partition)
    {
        if (!Owns(partition)) throw new ArgumentException($"group '{Group}': partition {partition} is not owned by this member");
    }

    internal void NoteCommitted(IEnumerable<Kafka.TopicPartitionOffset> offsets) =>
        membership.Offsets.Note(offsets.Select(o => KeyValuePair.Create(o.TopicPartition, o.Offset.Value)));

    internal void StepEnded(StepOutcome outcome)
    {
        step = null;
        lastOutcome = outcome;
        rewindDue = outcome != StepOutcome.Committed;
    }

    private void Fill(int recordsMax)
    {
        membership.Serve(TimeSpan.Zero, recordsMax);
        var started = Stopwatch.GetTimestamp();
        while (fetched.Available > 0 && fetched.Available < recordsMax && fetched.AvailableBytes < PollBytesMax && membership.MoreIsKnown() && Stopwatch.GetElapsedTime(started) < FillTime)
            membership.Serve(TimeSpan.FromMilliseconds(2), recordsMax);
    }

    // The client says once that it has come to an end, and forgets what it was about to say when a partition is paused: where
    // nothing comes, a look at the partition tells whether what lies before the end is but marks of transactions.
    private void Probe()
    {
        if (membership.Due) return;
        var silent = fetched.Queues.Where(q => q.Count == 0).ToList();
        var ends = log.Ends.Stable([.. silent.Select(q => q.Kafka)]);
        foreach (var queue in silent.Where(q => !q.IsAt(ends[q.Kafka])))
        {
            if (!log.HoldsAny(queue.Kafka, queue.Position, ends[queue.Kafka])) queue.ReadTo(ends[queue.Kafka]);
        }
    }

    // Whether something lies between what was handed out and the end; of paused partitions too, unless these are left out.
    private bool Behind(bool handedOutOnly = false)
    {
        var queues = fetched.Queues.Where(q => !handedOutOnly || !q.Paused).ToList();
        if (queues.Count == 0) return false;
        var ends = log.Ends.Stable([.. queues.Select(q => q.Kafka)]);
        return queues.Exists(q => !q.IsAt(ends[q.Kafka]));
    }

    private void ThrowIfNotReady()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (step is not null) throw new InvalidOperationException("a step is open: finish or abort it first");
        if (rewindDue) throw new InvalidOperationException("the last step ended Aborted or Unknown: rewind first");
    }
}
