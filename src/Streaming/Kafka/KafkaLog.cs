using Tppo.Core.Log;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Kafka.Native;
using Tppo.Streaming.Kafka.State;
using Tppo.Streaming.Kafka.Steps;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka;

/// <summary>
/// The event log on Apache Kafka: transactions over outputs, changelog and offsets; readers of committed records only; static
/// members; the range assignor. Layout and retention of topics come from <see cref="Topics"/>; the brokers enforce them.
/// </summary>
/// <remarks>
/// Where it is slower to let go than the embedded backend: a member that leaves or dies keeps its partitions until its session
/// lapses, so that a restart under its name finds them unmoved; records of a dead process's open transaction hold readers of
/// those partitions up until it times out.
/// </remarks>
public sealed class KafkaLog : IEventLog
{
    private readonly Dictionary<string, List<KafkaConsumer>> members = [];
    private readonly Lock gate = new(), appending = new();
    private readonly KafkaCluster cluster;
    private readonly KafkaCommits commits;
    private readonly FaultPlan? faults;
    private readonly Lazy<string> changelogId;
    private KafkaTransactions? appender;
    private bool closed;

    private KafkaLog(KafkaCluster cluster)
    {
        this.cluster = cluster;
        faults = cluster.Options.Faults.Count == 0 ? null : new FaultPlan(cluster.Options.Faults);
        commits = new KafkaCommits(() => cluster.Ends.Sum([.. Counted()]), cluster.Clock);
        changelogId = new Lazy<string>(() => cluster.TopicId(cluster.Topics.Find(Topics.WindowState)));
    }

    /// <inheritdoc/>
    public long Commits => commits.Now();

    /// <summary>
    /// Reaches the cluster; whoever has a client name makes the topics of the table that are missing, and is refused where one
    /// is laid out otherwise.
    /// </summary>
    /// <exception cref="LogException">Not reached, not let in, or a topic is laid out otherwise: one line.</exception>
    public static KafkaLog Open(KafkaOptions options)
    {
        if (options.Prefix.Length > 0 && !options.Prefix.EndsWith('.'))
            throw new ArgumentException($"prefix '{options.Prefix}': expected a dot at its end", nameof(options));
        var cluster = KafkaCluster.Reach(options);
        try
        {
            if (options.Client is not null) RequireTopics(cluster);
            cluster.Patience.Reached();
            return new KafkaLog(cluster);
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public int Partitions(string topic) => cluster.Topics.Find(topic).Partitions;

    /// <inheritdoc/>
    public bool WaitForCommit(long seen, TimeSpan timeout, CancellationToken ct) => commits.Wait(seen, timeout, ct);

    /// <inheritdoc/>
    public void Append(IReadOnlyList<OutgoingRecord> records)
    {
        if (records.Count == 0) return;
        var messages = records.Select(Message).ToList();
        var client = cluster.Options.Client ?? throw new InvalidOperationException("opened without a client name: for reading only");
        lock (appending)
        {
            appender ??= Transactions($"{cluster.Options.Prefix}append-{client}", null);
            while (!Appended(client, appender, messages)) ObjectDisposedException.ThrowIf(closed, this);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null)
    {
        var place = cluster.Topics.Find(partition);
        var end = cluster.Ends.Stable(place);
        return cluster.Reader.Read(place, from, Math.Min(toExclusive ?? end, end)).Select(r => KafkaRecords.Read(partition.Topic, r));
    }

    /// <inheritdoc/>
    public (long Start, long End) Bounds(TopicPartition partition)
    {
        var place = cluster.Topics.Find(partition);
        return (cluster.Ends.Starts([place])[place], cluster.Ends.Stable(place));
    }

    /// <inheritdoc/>
    public long OffsetAt(TopicPartition partition, DateTimeOffset appendedAtOrAfter)
    {
        var place = cluster.Topics.Find(partition);
        return cluster.Ends.At(place, UnixTime.CeilingMilliseconds(appendedAtOrAfter)) ?? cluster.Ends.Stable(place);
    }

    /// <inheritdoc/>
    public IConsumer Join(string group, string member, IReadOnlyList<string> topics, IRebalanceListener? listener = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        ArgumentException.ThrowIfNullOrEmpty(member);
        RequireEqualPartitions(topics);
        lock (gate)
        {
            var others = members.TryGetValue(group, out var known) ? known : members[group] = [];
            if (others.Find(o => !o.Topics.Order().SequenceEqual(topics.Order())) is { } other)
            {
                var theirs = string.Join(", ", other.Topics);
                throw new ArgumentException($"group '{group}' reads {theirs}: expected the same, found {string.Join(", ", topics)}");
            }

            var consumer = new KafkaConsumer(StepsOf(group, member), member, topics, listener, left => Left(group, left));
            others.Add(consumer);
            return consumer;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<TopicPartition, long> Committed(string group) =>
        cluster.Committed(cluster.Options.Prefix + group, [.. cluster.Places])
            .Where(p => !p.Offset.IsSpecial)
            .ToDictionary(p => new TopicPartition(cluster.Topics.OurName(p.Topic), p.Partition.Value), p => p.Offset.Value);

    /// <summary>Nothing to do: brokers let go what the topics' settings let go.</summary>
    public void EnforceRetention()
    {
    }

    /// <summary>Disposes what is left of readers, writers and members, and goes.</summary>
    public void Dispose()
    {
        if (closed) return;
        closed = true;
        commits.Nudge();
        List<KafkaConsumer> left;
        lock (gate) left = [.. members.Values.SelectMany(m => m)];
        left.ForEach(m => m.Closing());
        left.ForEach(m => m.Dispose());
        lock (appending) appender?.Dispose();
        cluster.Dispose();
    }

    private static void RequireTopics(KafkaCluster cluster)
    {
        cluster.Topics.Create(Topics.All);
        if (cluster.Topics.Differences() is not { Count: > 0 } differences) return;
        var more = differences.Count == 1 ? "" : $" (and {differences.Count - 1} more: tppo topics describe)";
        throw new LogException($"{differences[0].Topic.KafkaName}: {differences[0].What}{more}: the topics are not laid out as this run expects");
    }

    // What every process knows of from its start: a topic of dead letters is made by whoever has the first.
    private IEnumerable<Driver.TopicPartition> Counted() =>
        cluster.Topics.Existing.Where(t => t.Name != Topics.Presence && !Topics.AreDeadLetters(t.Name)).SelectMany(t => t.Places);

    private KafkaMessage Message(OutgoingRecord record)
    {
        var (place, compacted) = cluster.Topics.PlaceOf(record);
        return KafkaMessage.Of(place, record, compacted);
    }

    private MemberSteps StepsOf(string group, string member)
    {
        var (options, kafkaGroup) = (cluster.Options, cluster.Options.Prefix + group);
        var store = StateStore.Open(options.StateFolder, $"{kafkaGroup}-{member}");
        var changelog = new StateChangelog(cluster, group, store, changelogId.Value);
        var transactions = Transactions($"{kafkaGroup}-{member}", kafkaGroup, faults is null ? null : () => faults.Next(group));
        return new MemberSteps(cluster, group, store, changelog, transactions, NoteWritten);
    }

    private KafkaTransactions Transactions(string transactionalId, string? kafkaGroup, Func<FaultMark?>? fault = null)
    {
        ITransactionalProducer producer = new TransactionalProducer(cluster, transactionalId);
        if (fault is not null || cluster.Options.CommitAnswered is not null)
            producer = new FaultyProducer(producer, fault ?? (() => null), cluster.Options.CommitAnswered);
        return new KafkaTransactions(cluster, producer, transactionalId, kafkaGroup);
    }

    // Readers of this log see what a committed transaction wrote, waiters wake.
    private void NoteWritten(KafkaTransactions transactions)
    {
        foreach (var (place, offset) in transactions.Written) cluster.Ends.Written(place, offset);
        commits.Nudge();
    }

    private void Left(string group, KafkaConsumer consumer)
    {
        lock (gate)
        {
            if (members.TryGetValue(group, out var known)) known.Remove(consumer);
        }
    }

    // True once the records stand on the log.
    private bool Appended(string client, KafkaTransactions transactions, List<KafkaMessage> messages)
    {
        var outcome = transactions.Run(messages, [], null);
        cluster.Observer.Transaction(client, outcome);
        if (transactions.WasFenced) throw new MemberFencedException($"'{client}' has been replaced by another of that name");

        // Nobody can say: the next producer decides it, and then the record is there under its offset, or is not.
        if (outcome == StepOutcome.Unknown)
        {
            transactions.Ready();
            if (transactions.Written.Count > 0 && IsThere(transactions.Written.First())) outcome = StepOutcome.Committed;
        }

        if (outcome == StepOutcome.Committed) NoteWritten(transactions);
        return outcome == StepOutcome.Committed;
    }

    private bool IsThere(KeyValuePair<Driver.TopicPartition, long> written) => cluster.IsThere(written.Key, written.Value);

    private void RequireEqualPartitions(IReadOnlyList<string> topics)
    {
        var first = cluster.Topics.Find(topics[0]);
        if (topics.Select(cluster.Topics.Find).FirstOrDefault(t => t.Partitions != first.Partitions) is not { } other) return;
        throw new ArgumentException(
            $"{first.Name} has {first.Partitions} partitions and {other.Name} {other.Partitions}: expected equal counts of topics that are read together");
    }
}
