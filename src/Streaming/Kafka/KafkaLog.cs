using System.Text;
using Tppo.Core.Log;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// The event log on Apache Kafka: transactions over outputs, changelog and offsets; readers of committed records only; static
/// members; the range assignor. Layout and retention of topics come from <see cref="Core.Log.Topics"/>; the brokers enforce them.
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
    private readonly KafkaReader reader;
    private readonly KafkaCommits commits;
    private readonly Lazy<string> changelogId;
    private KafkaTransactions? appender;

    private KafkaLog(KafkaOptions options)
    {
        Options = options;
        Clients = new KafkaClients(options);
        Patience = new KafkaPatience(options, Clients);
        Topics = new KafkaTopics(Clients, options, Patience);
        Ends = new KafkaEnds(Clients, Patience);
        Faults = new FaultPlan(options.Faults);
        reader = new KafkaReader(Clients, Patience);
        commits = new KafkaCommits(() => Ends.Sum([.. Topics.Existing.Where(t => t.Name != Core.Log.Topics.Presence).SelectMany(t => Enumerable.Range(0, t.Partitions).Select(p => new Kafka.TopicPartition(t.KafkaName, p)))]));
        changelogId = new Lazy<string>(() => TopicId(Topics.Find(Core.Log.Topics.WindowState)));
        try
        {
            Topics.Refresh();
            if (options.Client is null) return;
            Topics.Create(Core.Log.Topics.All);
            if (Topics.Differences() is { Count: > 0 } differences)
                throw new LogException($"{differences[0].Topic.KafkaName}: {differences[0].What}{(differences.Count == 1 ? "" : $" (and {differences.Count - 1} more: tppo topics describe)")}: the topics are not laid out as this run expects");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public long Commits => commits.Now();

    internal KafkaOptions Options { get; }

    internal KafkaClients Clients { get; }

    internal KafkaPatience Patience { get; }

    internal KafkaTopics Topics { get; }

    internal KafkaEnds Ends { get; }

    internal FaultPlan Faults { get; }

    internal bool Closed { get; private set; }

    /// <summary>
    /// Reaches the cluster; whoever has a client name makes the topics of the table that are missing, and is refused where one
    /// is laid out otherwise.
    /// </summary>
    /// <exception cref="LogException">Not reached, not let in, or a topic is laid out otherwise: one line.</exception>
    public static KafkaLog Open(KafkaOptions options)
    {
        if (options.Prefix.Length > 0 && !options.Prefix.EndsWith('.')) throw new ArgumentException($"prefix '{options.Prefix}': expected a dot at its end", nameof(options));
        return new KafkaLog(options);
    }

    /// <inheritdoc/>
    public int Partitions(string topic) => Topics.Find(topic).Partitions;

    /// <inheritdoc/>
    public bool WaitForCommit(long seen, TimeSpan timeout, CancellationToken ct) => commits.Wait(seen, timeout, ct);

    /// <inheritdoc/>
    public void Append(IReadOnlyList<OutgoingRecord> records)
    {
        if (records.Count == 0) return;
        var messages = records.Select(r =>
        {
            var (place, compacted) = Place(r);
            return KafkaMessage.Of(place, r, compacted);
        }).ToList();
        var client = Options.Client ?? throw new InvalidOperationException("opened without a client name: for reading only");
        lock (appending)
        {
            appender ??= TransactionsOf($"{Options.Prefix}append-{client}");
            while (!Appended(appender, messages)) ObjectDisposedException.ThrowIf(Closed, this);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null)
    {
        var kafka = Topics.Find(partition);
        var end = Ends.Stable(kafka);
        return reader.Read(kafka, from, Math.Min(toExclusive ?? end, end)).Select(r => KafkaRecords.Read(partition.Topic, r));
    }

    /// <inheritdoc/>
    public (long Start, long End) Bounds(TopicPartition partition)
    {
        var kafka = Topics.Find(partition);
        return (Ends.Starts([kafka])[kafka], Ends.Stable(kafka));
    }

    /// <inheritdoc/>
    public long OffsetAt(TopicPartition partition, DateTimeOffset appendedAtOrAfter)
    {
        var kafka = Topics.Find(partition);
        return Ends.At(kafka, UnixTime.CeilingMilliseconds(appendedAtOrAfter)) ?? Ends.Stable(kafka);
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
                throw new ArgumentException($"group '{group}' reads {string.Join(", ", other.Topics)}: expected the same, found {string.Join(", ", topics)}");
            var consumer = new KafkaConsumer(this, group, member, topics, listener);
            others.Add(consumer);
            return consumer;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<TopicPartition, long> Committed(string group)
    {
        using var onlooker = Clients.Onlooker(Options.Prefix + group);
        var all = Topics.Existing.SelectMany(t => Enumerable.Range(0, t.Partitions).Select(p => new Kafka.TopicPartition(t.KafkaName, p))).ToList();
        var committed = Patience.Try("committed offsets", () => onlooker.Committed(all, TimeSpan.FromSeconds(10)));
        return committed.Where(p => !p.Offset.IsSpecial).ToDictionary(p => new TopicPartition(Topics.OurName(p.Topic), p.Partition.Value), p => p.Offset.Value);
    }

    /// <summary>Nothing to do: brokers let go what the topics' settings let go.</summary>
    public void EnforceRetention()
    {
    }

    /// <summary>Disposes what is left of readers, writers and members, and goes.</summary>
    public void Dispose()
    {
        if (Closed) return;
        Closed = true;
        commits.Nudge();
        List<KafkaConsumer> left;
        lock (gate) left = [.. members.Values.SelectMany(m => m)];
        left.ForEach(m => m.Dispose());
        lock (appending) appender?.Dispose();
        reader.Dispose();
        Clients.Dispose();
    }

    /// <summary>Where a record goes, and whether its topic is compacted.</summary>
    /// <exception cref="ArgumentException">Unknown topic, or no such partition.</exception>
    internal (Kafka.TopicPartition Place, bool Compacted) Place(OutgoingRecord record)
    {
        var topic = Topics.Find(record.Topic);
        return (topic.Place(record.Partition ?? (record.Key is null ? 0 : Murmur2.Partition(Encoding.UTF8.GetBytes(record.Key), topic.Partitions))), topic.IsCompacted);
    }

    /// <summary>Notes what a committed step wrote: readers of this log see it, waiters wake.</summary>
    internal void NoteWritten(IEnumerable<KeyValuePair<Kafka.TopicPartition, long>> lastOffsets)
    {
        foreach (var (partition, offset) in lastOffsets) Ends.Written(partition, offset);
        commits.Nudge();
    }

    internal StateChangelog ChangelogOf(string group, StateStore store) => new(group, store, reader, Ends, Topics, changelogId.Value, Options.Observer);

    internal KafkaTransactions TransactionsOf(string transactionalId, string? group = null) =>
        new(new TransactionalProducer(Clients, transactionalId, Patience, Options), transactionalId, group, this);

    /// <summary>Whether a committed record lies in [from, to).</summary>
    internal bool HoldsAny(Kafka.TopicPartition partition, long from, long to) => reader.Read(partition, from, to).Any();

    internal void Left(string group, KafkaConsumer consumer)
    {
        lock (gate)
        {
            if (members.TryGetValue(group, out var known)) known.Remove(consumer);
        }
    }

    // True once the records stand on the log.
    private bool Appended(KafkaTransactions transactions, List<KafkaMessage> messages)
    {
        var outcome = transactions.Run(messages, [], null, fault: null);
        Options.Observer.Transaction(Options.Client!, outcome);
        if (transactions.WasFenced) throw new MemberFencedException($"'{Options.Client}' has been replaced by another of that name");

        // Nobody can say: the next producer decides it, and then the record is there under its offset, or is not.
        if (outcome == StepOutcome.Unknown)
        {
            transactions.Ready();
            if (transactions.Written.Count > 0 && IsThere(transactions.Written.First())) outcome = StepOutcome.Committed;
        }

        if (outcome == StepOutcome.Committed) NoteWritten(transactions.Written);
        return outcome == StepOutcome.Committed;
    }

    /// <summary>Whether a record that was written is committed; what lies about it is decided.</summary>
    internal bool IsThere(KeyValuePair<Kafka.TopicPartition, long> written) =>
        reader.Read(written.Key, written.Value, Ends.HighWatermark(written.Key)).Take(1).Any(r => r.Offset.Value == written.Value);

    private void RequireEqualPartitions(IReadOnlyList<string> topics)
    {
        var first = Topics.Find(topics[0]);
        foreach (var topic in topics.Skip(1).Select(Topics.Find))
        {
            if (topic.Partitions != first.Partitions)
                throw new ArgumentException($"{first.Name} has {first.Partitions} partitions and {topic.Name} {topic.Partitions}: expected equal counts of topics that are read together");
        }
    }

    private string TopicId(TopicOnKafka topic)
    {
        var described = Patience.Get("topics", () => Kafka.IAdminClientExtensions.DescribeTopicsAsync(Clients.Admin, Kafka.TopicCollection.OfTopicNames([topic.KafkaName])));
        return described.TopicDescriptions[0].TopicId.ToString();
    }
}
