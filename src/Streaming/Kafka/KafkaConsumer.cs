using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.Membership;
using Tppo.Streaming.Kafka.State;
using Tppo.Streaming.Kafka.Steps;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Kafka;

/// <summary>
/// A static member of a consumer group. All of the library's callbacks run inside <see cref="Poll"/>, which is never called
/// while a step is open, so no rebalance happens inside a transaction.
/// </summary>
internal sealed class KafkaConsumer : IConsumer
{
    private const long PollBytesMax = 64L << 20;
    private static readonly TimeSpan FillTime = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan FillSlice = TimeSpan.FromMilliseconds(2);
    private readonly KafkaCluster cluster;
    private readonly StateStore store;
    private readonly MemberSteps steps;
    private readonly GroupMembership membership;
    private readonly FetchedRecords fetched;
    private readonly Action<KafkaConsumer> left;
    private volatile bool closing;
    private bool disposed;

    /// <summary>Joins.</summary>
    /// <param name="steps">The member's steps, with its state and its transactions, which it owns.</param>
    /// <param name="member">Its own name.</param>
    /// <param name="topics">What its group reads.</param>
    /// <param name="listener">Hears what is gained and lost.</param>
    /// <param name="left">Told when it has left.</param>
    internal KafkaConsumer(MemberSteps steps, string member, IReadOnlyList<string> topics, IRebalanceListener? listener, Action<KafkaConsumer> left)
    {
        (this.steps, this.left, Topics, cluster, store) = (steps, left, topics, steps.Cluster, steps.Store);
        membership = new GroupMembership(cluster.Options.Prefix + steps.Group, member, topics, steps, listener);
        fetched = membership.Fetched;
    }

    public IReadOnlyList<TopicPartition> Assignment => membership.Assignment;

    public IStateReader State => store;

    public bool AtEnd => !membership.Due && !IsBehind(pausedToo: true);

    internal IReadOnlyList<string> Topics { get; }

    public IReadOnlyList<LogRecord> Poll(int recordsMax, TimeSpan timeout, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recordsMax);
        ObjectDisposedException.ThrowIf(disposed, this);
        steps.RequireReady();
        var wait = new PollWait(cluster.Options, timeout, membership.Due);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(closing, this);
            membership.ThrowIfFenced(ct);
            Fill(recordsMax);
            membership.Settle();
            if (fetched.Take(recordsMax, PollBytesMax) is { Count: > 0 } records)
            {
                membership.HandedOut(records);
                return records;
            }

            var turn = wait.Next(membership.Due, () => IsBehind(pausedToo: false));
            if (turn.Probe) Probe();
            if (turn.Rejoin) Rejoin(wait.Elapsed);
            if (turn.Slice is not { } slice)
            {
                membership.HandedOut([]);
                return [];
            }

            membership.Serve(slice, recordsMax);
        }
    }

    public void Pause(TopicPartition p) => fetched.Find(p).Paused = true;

    public void Resume(TopicPartition p) => fetched.Find(p).Paused = false;

    public long Position(TopicPartition p) => fetched.Find(p).Position;

    public IStep Begin()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        steps.RequireReady();
        return steps.Begin(membership.Metadata);
    }

    public void Rewind()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        steps.Rewound();
        if (membership.LooksFenced()) return;

        // Its initialisation decides what was pending: before that, committed offsets are not final.
        steps.Transactions.Ready();
        membership.Rewind();
    }

    public void Dispose()
    {
        if (disposed) return;
        steps.Dispose();
        disposed = true;
        membership.Dispose();
        store.Dispose();
        left(this);
    }

    /// <summary>The log is being closed: who waits in a poll ends.</summary>
    internal void Closing() => closing = true;

    private void Fill(int recordsMax)
    {
        membership.Serve(TimeSpan.Zero, recordsMax);
        var started = cluster.Clock.GetTimestamp();
        while (fetched.Available > 0 && fetched.Available < recordsMax && fetched.AvailableBytes < PollBytesMax
            && membership.MoreIsKnown() && cluster.Clock.GetElapsedTime(started) < FillTime)
            membership.Serve(FillSlice, recordsMax);
    }

    private void Rejoin(TimeSpan elapsed)
    {
        cluster.Observer.Notice($"{steps.Group}: nothing comes for {elapsed.TotalSeconds:F0} s though there is something: joins anew");
        membership.Rejoin();
    }

    // The client says once that it has come to an end, and forgets what it was about to say when a partition is paused: where
    // nothing comes, a look at the partition tells whether what lies before the end is but marks of transactions.
    private void Probe()
    {
        if (membership.Due) return;
        var silent = fetched.Queues.Where(q => q.Count == 0).ToList();
        var ends = cluster.Ends.Stable([.. silent.Select(q => q.Place)]);
        foreach (var queue in silent.Where(q => !q.IsAt(ends[q.Place])))
        {
            if (!cluster.HoldsAny(queue.Place, queue.Position, ends[queue.Place])) queue.ReadTo(ends[queue.Place]);
        }
    }

    // Whether something lies between what was handed out and the end.
    private bool IsBehind(bool pausedToo)
    {
        var queues = fetched.Queues.Where(q => pausedToo || !q.Paused).ToList();
        if (queues.Count == 0) return false;
        var ends = cluster.Ends.Stable([.. queues.Select(q => q.Place)]);
        return queues.Exists(q => !q.IsAt(ends[q.Place]));
    }
}
