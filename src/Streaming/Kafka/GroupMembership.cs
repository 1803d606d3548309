using System.Diagnostics.CodeAnalysis;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// A member's side of its group: what it owns, from where it reads, and the state that comes with it. The range assignor gives
/// partition p of every topic to one member; each assignment is checked for it. Rebalances are eager: all is revoked, then
/// assigned; what stays goes on where it was, what is new starts at the committed offset with its state restored.
/// </summary>
internal sealed class GroupMembership : IDisposable
{
    private const int HeldRecordsMin = 16_384;
    private const int HeldRecordsMax = 131_072;
    private const long HeldBytesMax = 96L << 20;
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(250);
    private readonly KafkaLog log;
    private readonly string group, member, instance;
    private readonly MemberName name;
    private readonly IReadOnlyList<string> topics;
    private readonly StateChangelog changelog;
    private readonly StateStore state;
    private readonly KafkaTransactions transactions;
    private readonly IRebalanceListener? listener;
    private readonly MemberWatch watch;
    private IReadOnlyList<TopicPartition> assigned = [];
    private List<int> kept = [];
    private NativeConsumer native;
    private bool lost, newlyAssigned;

    // How often the assignment has changed, or was about to.
    private int changes;
    private Exception? failure;

    internal GroupMembership(KafkaLog log, string group, string member, IReadOnlyList<string> topics, StateChangelog changelog, StateStore state, KafkaTransactions transactions, IRebalanceListener? listener)
    {
        (this.log, this.group, this.topics, this.changelog, this.state, this.transactions, this.listener) = (log, group, topics, changelog, state, transactions, listener);
        (this.member, instance) = (member, $"{group}-{member}");
        name = new MemberName(log, group, instance);
        Offsets = new GroupOffsets(log);
        Fetched = new FetchedRecords(group);
        watch = new MemberWatch(group, log.Options.Observer);
        Join();
    }

    internal Kafka.IConsumer<string?, byte[]?> Client { get; private set; }

    internal FetchedRecords Fetched { get; }

    /// <summary>What is owned, as of the last <see cref="Settle"/>.</summary>
    internal IReadOnlyList<TopicPartition> Assignment { get; private set; } = [];

    /// <summary>The committed offset of one partition that is owned; empty where none is.</summary>
    internal IEnumerable<Kafka.TopicPartitionOffset> Standing => Offsets.Standing(Fetched.Queues.Select(q => q.Kafka));

    internal GroupOffsets Offsets { get; }

    /// <summary>An assignment is on its way.</summary>
    internal bool Due { get; private set; } = true;

    /// <summary>
    /// Takes in what the client has, until about so many records lie here to be handed out; waits for a first one at most so long.
    /// More stays with the client, where it costs the collector nothing.
    /// </summary>
    internal void Serve(TimeSpan wait, int enough)
    {
        Fetched.Throttle(Client);
        var records = Math.Clamp(enough, HeldRecordsMin, HeldRecordsMax) - Fetched.Available;
        var bytes = HeldBytesMax - Fetched.AvailableBytes;
        if (records <= 0 || bytes <= 0 || Consume(wait) is not { } first) return;

        // The client's own call waits and tells of errors; what lies ready behind is taken by the batch.
        Take(first);
        while (records > 0 && bytes > 0)
        {
            var before = changes;
            if (native.Fetch(records) is var count && count == 0) return;
            if (changes != before) native.Drop();
            else bytes -= native.HandOut(QueueOf, Refused);
            records -= count;
        }
    }

    /// <summary>Whether brokers are known, without asking, to hold more than was fetched.</summary>
    internal bool MoreIsKnown() => Fetched.Queues.Any(q => !q.Paused && Client.GetWatermarkOffsets(q.Kafka).High.Value > q.Position + q.Count);

    /// <summary>Brings in what the last calls of the library told about ownership: state, then the listener.</summary>
    internal void Settle()
    {
        if (failure is not null) throw failure;
        if (!newlyAssigned) return;
        newlyAssigned = false;
        var before = Assignment.Select(a => a.Partition).Distinct().ToList();
        var now = assigned.Select(a => a.Partition).Distinct().Order().ToList();
        int[] gone = [.. before.Except(kept).Order()], gained = [.. now.Except(kept)];
        foreach (var partition in gained)
        {
            changelog.Restore(partition);
            RequireOffsets(partition);
        }

        Assignment = assigned;
        if (gone.Length > 0 || gained.Length > 0) log.Options.Observer.Notice($"{instance}: owns partitions {(now.Count == 0 ? "none" : string.Join(", ", now))} of {string.Join(", ", topics)}");
        if (gone.Length > 0) listener?.Revoked(gone);
        if (gained.Length > 0) listener?.Assigned(gained, state);
        (kept, lost) = (now, false);
    }

    /// <summary>Goes back to the committed offsets, with the state that belongs to them where it may have moved on.</summary>
    internal void Rewind(bool restore)
    {
        if (Due || Assignment.Count == 0) return;
        foreach (var partition in Assignment.Select(a => a.Partition).Distinct().Where(_ => restore)) changelog.Restore(partition);
        using var onlooker = log.Clients.Onlooker(group);
        var offsets = Offsets.Read(onlooker, [.. Fetched.Queues.Select(q => q.Kafka)], transactions);
        Offsets.Note(offsets);
        foreach (var queue in Fetched.Queues)
        {
            queue.Move(offsets[queue.Kafka]);
            queue.FetchPaused = false;
        }

        watch.Forget(kept);

        Client.Assign(Fetched.Queues.Select(q => new Kafka.TopicPartitionOffset(q.Kafka, q.Position)));
    }

    /// <summary>Notes what is handed out, and how far behind that is.</summary>
    internal void HandedOut(List<LogRecord> records)
    {
        watch.Audit(records);
        watch.TellLag(Client, Fetched.Queues);
    }

    /// <summary>Where the name was lost: waits until that is plain, then throws if another has taken it, and joins anew if nobody holds it.</summary>
    /// <exception cref="MemberFencedException">Another has taken this member's name.</exception>
    internal void ThrowIfFenced(CancellationToken cancellation)
    {
        if (name.LostBy is null) return;
        OnRevoked(everything: true);
        while (!name.IsFreeAgain())
        {
            cancellation.WaitHandle.WaitOne(AskEvery);
            cancellation.ThrowIfCancellationRequested();
        }

        Rejoin();
    }

    /// <summary>Gives the client up and joins by a new one under the same name: whose broker went may ask nobody any more.</summary>
    internal void Rejoin()
    {
        OnRevoked(everything: true);
        native.Dispose();
        Client.Dispose();
        Join();
    }

    /// <summary>Whether this member may have been fenced. Asks the broker only where a producer was.</summary>
    internal bool LooksFenced(bool producerWasFenced)
    {
        if (producerWasFenced && name.LostBy is null && name.IsHeldByOtherThan(Client.MemberId)) name.Lose("its producer was fenced");
        return name.LostBy is not null;
    }

    public void Dispose()
    {
        native.Dispose();
        try
        {
            Client.Close();
        }
        catch (Kafka.KafkaException e)
        {
            // A fenced member has nothing to leave.
            log.Options.Observer.Notice($"{instance}: {KafkaClients.Plain(e.Message)}");
        }

        Client.Dispose();
    }

    [MemberNotNull(nameof(Client), nameof(native))]
    private void Join()
    {
        Client = log.Clients.Member(group, member)
            .SetErrorHandler((_, error) => Heard(error))
            .SetPartitionsAssignedHandler((client, partitions) => Guarded(() => OnAssigned(client, partitions), partitions))
            .SetPartitionsRevokedHandler((_, _) => OnRevoked(everything: false))
            .SetPartitionsLostHandler((_, _) => OnRevoked(everything: true))
            .Build();
        native = new NativeConsumer(Client);
        Client.Subscribe(topics.Select(t => log.Topics.Find(t).KafkaName));
    }

    private PartitionQueue? QueueOf(string kafkaTopic, int partition) => Fetched.TryFind(new TopicPartition(log.Topics.OurName(kafkaTopic), partition));

    private void Take(Kafka.ConsumeResult<string?, byte[]?> result)
    {
        if (QueueOf(result.Topic, result.Partition.Value) is not { } queue) return;
        if (result.IsPartitionEOF) queue.ReadTo(result.Offset.Value);
        else queue.Enqueue(KafkaRecords.Read(queue.Id.Topic, result));
    }

    private Kafka.ConsumeResult<string?, byte[]?>? Consume(TimeSpan wait)
    {
        try
        {
            return Client.Consume(wait);
        }
        catch (Kafka.ConsumeException e)
        {
            Refused(e.Error);
            return null;
        }
    }

    private void Refused(Kafka.Error error)
    {
        Heard(error);
        if (name.LostBy is null && failure is null && !KafkaPatience.MayPass(error)) log.Options.Observer.Notice($"{instance}: {KafkaClients.Plain(error.Reason)}");
    }

    private void Heard(Kafka.Error error)
    {
        log.Clients.Told(error);
        if (error.Code == Kafka.ErrorCode.FencedInstanceId || (error.IsFatal && error.Code == Kafka.ErrorCode.Local_Fenced)) name.Lose(KafkaClients.Plain(error.Reason));
        else if (error.IsFatal && Client.Handle is not null) failure ??= new LogException($"{instance}: {KafkaClients.Plain(error.Reason)}");
        else if (log.Clients.Refusal is { } refusal) failure ??= new LogException($"{log.Options.BootstrapServers}: not let in: {refusal}");
    }

    // An exception inside the library's callback would be lost: it is kept for Settle.
    private IEnumerable<Kafka.TopicPartitionOffset> Guarded(Func<IEnumerable<Kafka.TopicPartitionOffset>> handler, List<Kafka.TopicPartition> partitions)
    {
        try
        {
            return handler();
        }
        catch (Exception e) when (e is LogException or Kafka.KafkaException)
        {
            failure = e as LogException ?? new LogException($"{instance}: {KafkaClients.Plain(e.Message)}", e);
            return partitions.Select(p => new Kafka.TopicPartitionOffset(p, Kafka.Offset.Stored));
        }
    }

    private List<Kafka.TopicPartitionOffset> OnAssigned(Kafka.IConsumer<string?, byte[]?> client, List<Kafka.TopicPartition> partitions)
    {
        changes++;
        var ids = partitions.ConvertAll(p => new TopicPartition(log.Topics.OurName(p.Topic), p.Partition.Value));
        RequireTogether(ids);

        // A former life's open transaction would hold its offsets back until it times out: taking its id over ends it now.
        if (ids.Count > 0) transactions.Ready();
        var offsets = Offsets.Read(client, partitions, transactions);
        kept = lost ? [] : [.. kept.Where(k => ids.Exists(i => i.Partition == k) && IsAsLeft(k, offsets))];
        Offsets.Note(offsets);
        var fresh = partitions.Where(p => !kept.Contains(p.Partition.Value)).ToList();
        Fetched.Set([.. ids.Zip(partitions, (id, kafka) => kept.Contains(id.Partition) && Fetched.TryFind(id) is { } stays ? stays : new PartitionQueue(id, kafka, offsets[kafka]))]);
        foreach (var queue in Fetched.Queues) queue.Refetch();

        watch.Forget([.. fresh.Select(f => f.Partition.Value)]);

        assigned = [.. Fetched.Queues.Select(q => q.Id)];
        (Due, newlyAssigned) = (false, true);
        return [.. Fetched.Queues.Select(q => new Kafka.TopicPartitionOffset(q.Kafka, q.Position))];
    }

    // Whoever was away for longer than its session is not always told so: others may have worked on what seems to be kept.
    private bool IsAsLeft(int partition, Dictionary<Kafka.TopicPartition, long> offsets) =>
        Offsets.AreAsLeft(partition, offsets) && changelog.Restore(partition) == 0;

    private void OnRevoked(bool everything)
    {
        changes++;
        Due = true;
        foreach (var queue in Fetched.Queues) queue.Refetch();
        if (everything && !lost) log.Options.Observer.Notice($"{instance}: lost its partitions: the group has gone on without it");
        lost |= everything;
    }

    // To begin at the start again, over state that has seen all of it, would double everything that follows.
    private void RequireOffsets(int partition)
    {
        if (Offsets.AreMissing(partition) && state.Get(partition, StateStore.Begun, "") is not null)
            throw failure = new LogException($"{instance}: partition {partition}: expected the offsets that the group committed along with its state, found none: did it rest for longer than the brokers' offsets.retention.minutes, or were they deleted?");
    }

    private void RequireTogether(List<TopicPartition> ids)
    {
        foreach (var number in ids.GroupBy(i => i.Partition))
        {
            if (number.Count() == topics.Count) continue;
            var missing = topics.Except(number.Select(n => n.Topic));
            throw new LogException($"{instance}: partition {number.Key}: expected of all topics at once, not given that of {string.Join(", ", missing)}: do all members of the group read the same topics?");
        }
    }
}
