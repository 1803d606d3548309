using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>Looks after the topics of a cluster themselves.</summary>
public sealed class KafkaTopicAdmin : IDisposable
{
    private readonly KafkaCluster cluster;

    /// <summary>Reaches the cluster.</summary>
    /// <exception cref="LogException">Not reached, or not let in.</exception>
    public KafkaTopicAdmin(KafkaOptions options) => cluster = KafkaCluster.Reach(options);

    /// <summary>Makes what is missing; gives the names of the topics that were made.</summary>
    public IReadOnlyList<string> Create(IEnumerable<TopicSpec> specs) => cluster.Topics.Create(specs);

    /// <summary>By topic, what differs from the table: <c>missing</c>, or e.g. <c>retention.ms: expected -1, found 604800000</c>.</summary>
    public IReadOnlyDictionary<string, string> Differences(IEnumerable<TopicSpec> table)
    {
        var differences = cluster.Topics.Differences().GroupBy(d => d.Topic.Name)
            .ToDictionary(d => d.Key, d => string.Join("; ", d.Select(x => x.What)));
        foreach (var spec in table.Where(t => cluster.Topics.Existing.All(e => e.Name != t.Name))) differences[spec.Name] = "missing";
        return differences;
    }

    /// <summary>Deletes every topic of the table behind the prefix, with all that stands on them.</summary>
    /// <exception cref="InvalidOperationException">No prefix: those are everybody's.</exception>
    public void DeleteAll()
    {
        if (cluster.Options.Prefix.Length == 0) throw new InvalidOperationException("expected a prefix");
        string[] names = [.. cluster.Topics.Existing.Select(t => t.KafkaName)];
        if (names.Length > 0) cluster.Patience.Wait("deleting topics", () => cluster.Clients.Admin.DeleteTopicsAsync(names));
    }

    /// <inheritdoc/>
    public void Dispose() => cluster.Dispose();
}
