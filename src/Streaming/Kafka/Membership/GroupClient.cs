using System.Diagnostics.CodeAnalysis;
using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Membership;

/// <summary>
/// A static member's client of its group: joins, brings what it is given, and hears of what goes wrong. One whose broker went may
/// ask nobody any more, and makes way for a new one under the same name.
/// </summary>
/// <remarks>Its callbacks run inside of <see cref="Serve"/> alone.</remarks>
internal sealed class GroupClient : IDisposable
{
    private const int HeldRecordsMin = 16_384;
    private const int HeldRecordsMax = 131_072;
    private const long HeldBytesMax = 96L << 20;
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(5);
    private readonly KafkaCluster cluster;
    private readonly string group, member, instance;
    private readonly IReadOnlyList<string> topics;
    private readonly FetchedRecords fetched;
    private readonly Func<Driver.IConsumer<string?, byte[]?>, List<Driver.TopicPartition>, List<Driver.TopicPartitionOffset>> assigned;
    private readonly Action<bool> revoked;
    private NativeConsumer native;

    // How often the assignment has changed, or was about to.
    private int changes;
    private Exception? failure;

    /// <summary>Joins.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="group">The group, by its name there.</param>
    /// <param name="member">The member's own name.</param>
    /// <param name="topics">What the group reads.</param>
    /// <param name="fetched">Where records go.</param>
    /// <param name="assigned">Told what was assigned: says where to begin.</param>
    /// <param name="revoked">Told that what was assigned is to be assigned anew; true: the group has gone on without this member.</param>
    internal GroupClient(
        KafkaCluster cluster,
        string group,
        string member,
        IReadOnlyList<string> topics,
        FetchedRecords fetched,
        Func<Driver.IConsumer<string?, byte[]?>, List<Driver.TopicPartition>, List<Driver.TopicPartitionOffset>> assigned,
        Action<bool> revoked)
    {
        (this.cluster, this.group, this.member, this.topics, this.fetched) = (cluster, group, member, topics, fetched);
        (this.assigned, this.revoked) = (assigned, revoked);
        instance = $"{group}-{member}";
        Name = new MemberName(instance, Holder, cluster.Options);
        Join();
    }

    internal Driver.IConsumer<string?, byte[]?> Consumer { get; private set; }

    internal MemberName Name { get; }

    /// <summary>
    /// Takes in what the client has, until about so many records lie here to be handed out; waits for a first one at most so long.
    /// More stays with the client, where it costs the collector nothing.
    /// </summary>
    internal void Serve(TimeSpan wait, int enough)
    {
        fetched.Throttle(Consumer);
        var records = Math.Clamp(enough, HeldRecordsMin, HeldRecordsMax) - fetched.Available;
        var bytes = HeldBytesMax - fetched.AvailableBytes;
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

    /// <summary>What brokers were last known, without asking, to hold of a partition: one past its last offset.</summary>
    internal long KnownEnd(Driver.TopicPartition place) => Consumer.GetWatermarkOffsets(place).High.Value;

    /// <exception cref="LogException">The client cannot go on.</exception>
    internal void ThrowIfFailed()
    {
        if (failure is not null) throw failure;
    }

    /// <summary>Notes that the member cannot go on, and why.</summary>
    internal Exception Fail(Exception why) => failure = why;

    /// <summary>Gives the client up and joins by a new one under the same name.</summary>
    internal void Rejoin()
    {
        Lose();
        native.Dispose();
        Consumer.Dispose();
        Join();
    }

    /// <summary>The group has gone on without this member.</summary>
    internal void Lose()
    {
        Revoked(everything: true);
    }

    public void Dispose()
    {
        native.Dispose();
        try
        {
            Consumer.Close();
        }
        catch (Driver.KafkaException e)
        {
            // A fenced member has nothing to leave.
            cluster.Observer.Notice($"{instance}: {HeardErrors.Plain(e.Message)}");
        }

        Consumer.Dispose();
    }

    [MemberNotNull(nameof(Consumer), nameof(native))]
    private void Join()
    {
        Consumer = cluster.Clients.Member(group, member)
            .SetErrorHandler((_, error) => Heard(error))
            .SetPartitionsAssignedHandler(Assigned)
            .SetPartitionsRevokedHandler((_, _) => Revoked(everything: false))
            .SetPartitionsLostHandler((_, _) => Revoked(everything: true))
            .Build();
        native = new NativeConsumer(Consumer);
        Consumer.Subscribe(topics.Select(t => cluster.Topics.Find(t).KafkaName));
    }

    private PartitionQueue? QueueOf(string kafkaTopic, int partition) =>
        fetched.TryFind(new TopicPartition(cluster.Topics.OurName(kafkaTopic), partition));

    private void Take(Driver.ConsumeResult<string?, byte[]?> result)
    {
        if (QueueOf(result.Topic, result.Partition.Value) is not { } queue) return;
        if (result.IsPartitionEOF) queue.ReadTo(result.Offset.Value);
        else queue.Enqueue(KafkaRecords.Read(queue.Id.Topic, result));
    }

    private Driver.ConsumeResult<string?, byte[]?>? Consume(TimeSpan wait)
    {
        try
        {
            return Consumer.Consume(wait);
        }
        catch (Driver.ConsumeException e)
        {
            Refused(e.Error);
            return null;
        }
    }

    private void Refused(Driver.Error error)
    {
        Heard(error);
        if (Name.LostBy is not null || failure is not null || KafkaPatience.MayPass(error)) return;
        cluster.Clients.Lines.Warn($"{instance}: {HeardErrors.Plain(error.Reason)}");
    }

    private void Heard(Driver.Error error)
    {
        cluster.Clients.Heard.Hear(error);
        var reason = HeardErrors.Plain(error.Reason);
        if (error.Code == Driver.ErrorCode.FencedInstanceId || (error.IsFatal && error.Code == Driver.ErrorCode.Local_Fenced)) Name.Lose(reason);
        else if (error.IsFatal && Consumer.Handle is not null) failure ??= new LogException($"{instance}: {reason}");
        else if (cluster.Clients.Heard.Refusal is { } refusal) failure ??= new LogException($"{cluster.Options.BootstrapServers}: not let in: {refusal}");
    }

    // An exception inside the library's callback would be lost: it is kept.
    private IEnumerable<Driver.TopicPartitionOffset> Assigned(Driver.IConsumer<string?, byte[]?> client, List<Driver.TopicPartition> places)
    {
        changes++;
        try
        {
            return assigned(client, places);
        }
        catch (Exception e) when (e is LogException or Driver.KafkaException)
        {
            failure = e as LogException ?? new LogException($"{instance}: {HeardErrors.Plain(e.Message)}", e);
            return places.Select(p => new Driver.TopicPartitionOffset(p, Driver.Offset.Stored));
        }
    }

    private void Revoked(bool everything)
    {
        changes++;
        revoked(everything);
    }

    // The library's newer call, which tells of instances, asks a coordinator that it may hold for present long after that has
    // restarted, and brings the process down when it hears of it in the end.
    private string? Holder()
    {
        var found = cluster.Patience.Try("the group", () => cluster.Clients.Admin.ListGroup(group, RequestTimeout));
        return found is null ? null : MemberName.Among(found.Members.Select(m => m.MemberId), instance);
    }
}
