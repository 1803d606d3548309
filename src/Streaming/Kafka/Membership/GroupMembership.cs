using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.State;
using Tppo.Streaming.Kafka.Steps;
using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Membership;

/// <summary>
/// What a member owns, from where it reads, and the state that comes with it. The range assignor gives partition p of every topic
/// to one member; each assignment is checked for it. Rebalances are eager: all is revoked, then assigned; what stays goes on where
/// it was, what is new starts at the committed offset with its state restored.
/// </summary>
internal sealed class GroupMembership : IDisposable
{
    private static readonly TimeSpan NameAskedEvery = TimeSpan.FromMilliseconds(250);
    private readonly KafkaCluster cluster;
    private readonly string group, instance;
    private readonly IReadOnlyList<string> topics;
    private readonly MemberSteps steps;
    private readonly IRebalanceListener? listener;
    private readonly MemberWatch watch;
    private readonly GroupClient client;
    private IReadOnlyList<TopicPartition> assigned = [];
    private List<int> kept = [];
    private bool lost, newlyAssigned;

    /// <summary>Joins.</summary>
    /// <param name="group">The group, by its name on the cluster.</param>
    /// <param name="member">The member's own name.</param>
    /// <param name="topics">What the group reads.</param>
    /// <param name="steps">The member's steps, with its state and its transactions.</param>
    /// <param name="listener">Hears what is gained and lost.</param>
    internal GroupMembership(string group, string member, IReadOnlyList<string> topics, MemberSteps steps, IRebalanceListener? listener)
    {
        (this.group, this.topics, this.steps, this.listener, cluster) = (group, topics, steps, listener, steps.Cluster);
        instance = $"{group}-{member}";
        Fetched = new FetchedRecords(group);
        watch = new MemberWatch(group, cluster.Observer, cluster.Clock);
        client = new GroupClient(cluster, group, member, topics, Fetched, OnAssigned, OnRevoked);
    }

    internal FetchedRecords Fetched { get; }

    /// <summary>The member as its group knows it.</summary>
    internal Driver.IConsumerGroupMetadata Metadata => client.Consumer.ConsumerGroupMetadata;

    /// <summary>What is owned, as of the last <see cref="Settle"/>.</summary>
    internal IReadOnlyList<TopicPartition> Assignment { get; private set; } = [];

    /// <summary>An assignment is on its way.</summary>
    internal bool Due { get; private set; } = true;

    /// <summary>Takes in what the client has, as <see cref="GroupClient.Serve"/> does.</summary>
    internal void Serve(TimeSpan wait, int enough) => client.Serve(wait, enough);

    /// <summary>Whether brokers are known, without asking, to hold more than was fetched.</summary>
    internal bool MoreIsKnown() => Fetched.Queues.Any(q => !q.Paused && client.KnownEnd(q.Place) > q.Position + q.Count);

    /// <summary>Brings in what the last calls of the library told about ownership: state, then the listener.</summary>
    internal void Settle()
    {
        client.ThrowIfFailed();
        if (!newlyAssigned) return;
        newlyAssigned = false;
        var before = Assignment.Select(a => a.Partition).Distinct().ToList();
        var now = assigned.Select(a => a.Partition).Distinct().Order().ToList();
        int[] gone = [.. before.Except(kept).Order()], gained = [.. now.Except(kept)];
        foreach (var partition in gained)
        {
            steps.Changelog.Restore(partition);
            RequireOffsets(partition);
        }

        Assignment = assigned;
        if (gone.Length > 0 || gained.Length > 0)
            cluster.Observer.Notice($"{instance}: owns partitions {(now.Count == 0 ? "none" : string.Join(", ", now))} of {string.Join(", ", topics)}");
        if (gone.Length > 0) listener?.Revoked(gone);
        if (gained.Length > 0) listener?.Assigned(gained, steps.Store);
        (kept, lost) = (now, false);
    }

    /// <summary>Goes back to the committed offsets, with the state that belongs to them where it may have moved on.</summary>
    internal void Rewind()
    {
        if (Due || Assignment.Count == 0) return;
        if (steps.LastOutcome == StepOutcome.Unknown)
        {
            foreach (var partition in Assignment.Select(a => a.Partition).Distinct()) steps.Changelog.Restore(partition);
        }

        using var onlooker = cluster.Clients.Onlooker(group);
        var offsets = steps.Offsets.Read(onlooker, [.. Fetched.Queues.Select(q => q.Place)], steps.Transactions);
        steps.Offsets.Note(offsets);
        foreach (var queue in Fetched.Queues)
        {
            queue.Move(offsets[queue.Place]);
            queue.FetchPaused = false;
        }

        watch.Forget(kept);
        client.Consumer.Assign(Fetched.Queues.Select(q => new Driver.TopicPartitionOffset(q.Place, q.Position)));
    }

    /// <summary>Notes what is handed out, and how far behind that is.</summary>
    internal void HandedOut(List<LogRecord> records)
    {
        watch.Audit(records);
        watch.TellLag(Fetched.Queues, client.KnownEnd);
    }

    /// <summary>Where the name was lost: waits until that is plain, then throws if another has taken it, and joins anew if nobody holds it.</summary>
    /// <exception cref="MemberFencedException">Another has taken this member's name.</exception>
    internal void ThrowIfFenced(CancellationToken cancellation)
    {
        if (client.Name.LostBy is null) return;
        client.Lose();
        while (!client.Name.IsFreeAgain())
        {
            cluster.Clock.Pause(NameAskedEvery, cancellation);
            cancellation.ThrowIfCancellationRequested();
        }

        client.Rejoin();
    }

    /// <summary>Gives the client up and joins by a new one under the same name.</summary>
    internal void Rejoin() => client.Rejoin();

    /// <summary>Whether this member may have been fenced. Asks the broker only where a producer was.</summary>
    internal bool LooksFenced()
    {
        if (steps.Transactions.WasFenced && client.Name.LostBy is null && client.Name.IsHeldByOtherThan(client.Consumer.MemberId))
            client.Name.Lose("its producer was fenced");
        return client.Name.LostBy is not null;
    }

    public void Dispose() => client.Dispose();

    private List<Driver.TopicPartitionOffset> OnAssigned(Driver.IConsumer<string?, byte[]?> consumer, List<Driver.TopicPartition> places)
    {
        var ids = places.ConvertAll(p => new TopicPartition(cluster.Topics.OurName(p.Topic), p.Partition.Value));
        RequireTogether(ids);

        // A former life's open transaction would hold its offsets back until it times out: taking its id over ends it now.
        if (ids.Count > 0) steps.Transactions.Ready();
        var offsets = steps.Offsets.Read(consumer, places, steps.Transactions);
        kept = lost ? [] : [.. kept.Where(k => ids.Exists(i => i.Partition == k) && IsAsLeft(k, offsets))];
        steps.Offsets.Note(offsets);
        Fetched.Set([.. ids.Zip(places, (id, place) => Kept(id) ?? new PartitionQueue(id, place, offsets[place]))]);
        foreach (var queue in Fetched.Queues) queue.Refetch();
        watch.Forget([.. places.Select(p => p.Partition.Value).Where(p => !kept.Contains(p))]);
        assigned = [.. Fetched.Queues.Select(q => q.Id)];
        steps.Owned.Set(assigned, [.. Fetched.Queues.Select(q => q.Place)]);
        (Due, newlyAssigned) = (false, true);
        return [.. Fetched.Queues.Select(q => new Driver.TopicPartitionOffset(q.Place, q.Position))];

        PartitionQueue? Kept(TopicPartition id) => kept.Contains(id.Partition) ? Fetched.TryFind(id) : null;
    }

    private void OnRevoked(bool everything)
    {
        Due = true;
        foreach (var queue in Fetched.Queues) queue.Refetch();
        if (everything && !lost) cluster.Observer.Notice($"{instance}: lost its partitions: the group has gone on without it");
        lost |= everything;
    }

    // Whoever was away for longer than its session is not always told so: others may have worked on what seems to be kept.
    private bool IsAsLeft(int partition, Dictionary<Driver.TopicPartition, long> offsets) =>
        steps.Offsets.AreAsLeft(partition, offsets) && steps.Changelog.Restore(partition) == 0;

    // To begin at the start again, over state that has seen all of it, would double everything that follows.
    private void RequireOffsets(int partition)
    {
        if (!steps.Offsets.AreMissing(partition) || steps.Store.Get(partition, StateStore.Begun, "") is null) return;
        throw client.Fail(new LogException(
            $"{instance}: partition {partition}: expected the offsets that the group committed along with its state, found none: did it rest "
            + "for longer than the brokers' offsets.retention.minutes, or were they deleted?"));
    }

    private void RequireTogether(List<TopicPartition> ids)
    {
        foreach (var number in ids.GroupBy(i => i.Partition))
        {
            if (number.Count() == topics.Count) continue;
            var missing = string.Join(", ", topics.Except(number.Select(n => n.Topic)));
            throw new LogException(
                $"{instance}: partition {number.Key}: expected of all topics at once, not given that of {missing}: "
                + "do all members of the group read the same topics?");
        }
    }
}
