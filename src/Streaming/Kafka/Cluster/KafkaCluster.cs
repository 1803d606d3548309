using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>
/// The floor that everything else on Kafka stands on: one cluster, its topics, and what can be asked of it by who is neither a
/// member of a group nor a writer.
/// </summary>
internal sealed class KafkaCluster : IDisposable
{
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);

    private KafkaCluster(KafkaOptions options)
    {
        Options = options;
        Clients = new KafkaClients(options);
        Patience = new KafkaPatience(options, Clients.Heard, Clients.ReviveAdmin);
        Topics = new KafkaTopics(Clients, options, Patience);
        Ends = new KafkaEnds(new OffsetListing(Clients, Patience).List, Patience, options.Clock);
        Reader = new KafkaReader(Clients.Reader, Patience, options.Clock);
    }

    internal KafkaOptions Options { get; }

    internal KafkaClients Clients { get; }

    internal KafkaPatience Patience { get; }

    internal KafkaTopics Topics { get; }

    internal KafkaEnds Ends { get; }

    internal KafkaReader Reader { get; }

    /// <summary>Hears what happens.</summary>
    internal ILogObserver Observer => Options.Observer;

    /// <summary>By which everything waits.</summary>
    internal TimeProvider Clock => Options.Clock;

    /// <summary>Every partition of the topics that exist.</summary>
    internal IEnumerable<Driver.TopicPartition> Places => Topics.Existing.SelectMany(t => t.Places);

    /// <summary>Reaches the cluster.</summary>
    /// <exception cref="LogException">Not reached, or not let in.</exception>
    internal static KafkaCluster Reach(KafkaOptions options)
    {
        var cluster = new KafkaCluster(options);
        try
        {
            cluster.Topics.Refresh();
            return cluster;
        }
        catch
        {
            cluster.Dispose();
            throw;
        }
    }

    /// <summary>What a group has committed of some partitions; special offsets where it has not.</summary>
    internal List<Driver.TopicPartitionOffset> Committed(string kafkaGroup, IEnumerable<Driver.TopicPartition> places)
    {
        using var onlooker = Clients.Onlooker(kafkaGroup);
        return Patience.Try("committed offsets", () => onlooker.Committed(places, RequestTimeout));
    }

    /// <summary>Whether a committed record lies in [from, to).</summary>
    internal bool HoldsAny(Driver.TopicPartition place, long from, long to) => Reader.Read(place, from, to).Any();

    /// <summary>Whether a record that was written at an offset is committed; what lies about it is decided.</summary>
    internal bool IsThere(Driver.TopicPartition place, long offset) =>
        Reader.Read(place, offset, Ends.HighWatermark(place)).Take(1).Any(r => r.Offset.Value == offset);

    /// <summary>The cluster's own id of a topic: another one after it was made anew.</summary>
    internal string TopicId(TopicOnKafka topic)
    {
        var names = Driver.TopicCollection.OfTopicNames([topic.KafkaName]);
        var described = Patience.Get("topics", () => Driver.IAdminClientExtensions.DescribeTopicsAsync(Clients.Admin, names));
        return described.TopicDescriptions[0].TopicId.ToString();
    }

    public void Dispose()
    {
        Reader.Dispose();
        Clients.Dispose();
    }
}
