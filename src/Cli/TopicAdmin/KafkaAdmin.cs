using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Cluster;

namespace Tppo.Cli.TopicAdmin;

/// <summary>The topics of a Kafka cluster.</summary>
internal sealed class KafkaAdmin(KafkaOptions options) : ITopicAdmin
{
    private readonly KafkaTopicAdmin admin = new(options);

    public IReadOnlyList<string> Create(IReadOnlyList<TopicSpec> table)
    {
        var made = admin.Create(table);
        return
        [
            .. made.Select(name => FormattableString.Invariant($"{options.Prefix}{name}: made, {Topics.Find(name).Partitions(options.Partitions)} partitions")),
            .. made.Count == table.Count ? [] : new[] { FormattableString.Invariant($"{table.Count - made.Count} topics were there already") },
            .. admin.Differences(table).Where(d => !made.Contains(d.Key)).Select(d => $"{options.Prefix}{d.Key}: differs: {d.Value}"),
        ];
    }

    public IReadOnlyDictionary<string, string> Differences(IReadOnlyList<TopicSpec> table) => admin.Differences(table);

    public void Dispose() => admin.Dispose();
}
