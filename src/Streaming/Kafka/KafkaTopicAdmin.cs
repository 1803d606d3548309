using Tppo.Core.Log;

namespace Tppo.Streaming;

/// <summary>Looks after the topics of a cluster themselves.</summary>
public sealed class KafkaTopicAdmin : IDisposable
{
    private readonly KafkaOptions options;
    private readonly KafkaClients clients;
    private readonly KafkaPatience patience;
    private readonly KafkaTopics topics;

    /// <summary>Reaches the cluster.</summary>
    /// <exception cref="LogException">Not reached, or not let in.</exception>
    public KafkaTopicAdmin(KafkaOptions options)
    {
        this.options = options;
        clients = new KafkaClients(options);
        patience = new KafkaPatience(options, clients);
        topics = new KafkaTopics(clients, options, patience);
        try
        {
            topics.Refresh();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Makes what is missing; gives the names of the topics that were made.</summary>
    public IReadOnlyList<string> Create(IEnumerable<TopicSpec> specs) => topics.Create(specs);

    /// <summary>By topic, what differs from the table: <c>missing</c>, or e.g. <c>retention.ms: expected -1, found 604800000</c>.</summary>
    public IReadOnlyDictionary<string, string> Differences(IEnumerable<TopicSpec> table)
    {
        var differences = topics.Differences().GroupBy(d => d.Topic.Name).ToDictionary(d => d.Key, d => string.Join("; ", d.Select(x => x.What)));
        foreach (var spec in table.Where(t => topics.Existing.All(e => e.Name != t.Name))) differences[spec.Name] = "missing";
        return differences;
    }

    /// <summary>Deletes every topic of the table behind the prefix, with all that stands on them.</summary>
    /// <exception cref="InvalidOperationException">No prefix: those are everybody's.</exception>
    public void DeleteAll()
    {
        if (options.Prefix.Length == 0) throw new InvalidOperationException("expected a prefix");
        string[] names = [.. topics.Existing.Select(t => t.KafkaName)];
        if (names.Length > 0) patience.Wait("deleting topics", () => clients.Admin.DeleteTopicsAsync(names));
    }

    /// <inheritdoc/>
    public void Dispose() => clients.Dispose();
}
