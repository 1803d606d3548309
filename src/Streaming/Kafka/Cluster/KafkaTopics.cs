using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>
/// The topic table on a cluster, behind a prefix: makes what is missing, says what differs. Every topic takes its timestamps
/// from the broker, so that retention goes by the time of the append whoever wrote.
/// </summary>
internal sealed class KafkaTopics(KafkaClients clients, KafkaOptions options, KafkaPatience patience)
{
    private static readonly string[] ArrowTopics = [Topics.Rollouts, Topics.TokenRewards];
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(20);
    private readonly ConcurrentDictionary<string, TopicOnKafka> known = [];
    private readonly ConcurrentDictionary<string, string> ourNames = [];

    /// <summary>Topics of the table that are known to exist, by our names.</summary>
    internal IEnumerable<TopicOnKafka> Existing => known.Values;

    /// <summary>A topic; made where the table has it and the cluster does not, if we write at all.</summary>
    /// <exception cref="ArgumentException">The table has no such topic.</exception>
    /// <exception cref="LogException">It is not there, and we only read.</exception>
    internal TopicOnKafka Find(string topic) => known.TryGetValue(topic, out var found) ? found : Make(Topics.Find(topic));

    /// <summary>One partition, checked.</summary>
    /// <exception cref="ArgumentException">No such topic or partition.</exception>
    internal Driver.TopicPartition Find(TopicPartition partition) => Find(partition.Topic).Place(partition.Partition);

    /// <summary>Where a record goes, and whether its topic is compacted.</summary>
    /// <exception cref="ArgumentException">Unknown topic, or no such partition.</exception>
    internal (Driver.TopicPartition Place, bool Compacted) PlaceOf(OutgoingRecord record)
    {
        var topic = Find(record.Topic);
        var byKey = record.Key is null ? 0 : Murmur2.Partition(Encoding.UTF8.GetBytes(record.Key), topic.Partitions);
        return (topic.Place(record.Partition ?? byKey), topic.IsCompacted);
    }

    /// <summary>Our name of a topic; the same string each time for those of the table.</summary>
    internal string OurName(string kafkaName)
    {
        if (options.Prefix.Length == 0) return kafkaName;
        return ourNames.TryGetValue(kafkaName, out var name) ? name : ourNames[kafkaName] = kafkaName[options.Prefix.Length..];
    }

    /// <summary>Looks at what is there.</summary>
    internal void Refresh()
    {
        var metadata = patience.Try("metadata", () => clients.Admin.GetMetadata(TimeSpan.FromSeconds(5)));
        foreach (var topic in metadata.Topics.Where(t => t.Topic.StartsWith(options.Prefix, StringComparison.Ordinal) && t.Partitions.Count > 0))
        {
            var name = OurName(topic.Topic);
            if (!IsOfTheTable(name)) continue;
            known[name] = new TopicOnKafka(name, topic.Topic, topic.Partitions.Count, Topics.Find(name).Cleanup == Cleanup.Compact);
        }
    }

    /// <summary>Makes what is missing of some topics; gives the names of those that were made.</summary>
    internal IReadOnlyList<string> Create(IEnumerable<TopicSpec> specs)
    {
        var missing = specs.Where(s => !known.ContainsKey(s.Name)).ToList();
        if (missing.Count == 0) return [];
        try
        {
            patience.Wait("creating topics", () => clients.Admin.CreateTopicsAsync([.. missing.Select(Specification)]));
        }
        catch (Driver.Admin.CreateTopicsException e) when (
            e.Results.TrueForAll(r => r.Error.Code is Driver.ErrorCode.NoError or Driver.ErrorCode.TopicAlreadyExists))
        {
            // Another process was as quick.
        }
        catch (Driver.Admin.CreateTopicsException e)
        {
            var refused = e.Results.First(r => r.Error.IsError);
            throw new LogException($"topic {refused.Topic}: cannot be created: {HeardErrors.Plain(refused.Error.Reason)}", e);
        }

        patience.Until("the new topics", LookAgainAfter, () =>
        {
            Refresh();
            return missing.TrueForAll(s => known.ContainsKey(s.Name));
        });
        return [.. missing.Select(s => s.Name)];
    }

    /// <summary>What is otherwise than the table says of topics that exist, one thing each.</summary>
    internal IReadOnlyList<(TopicOnKafka Topic, string What)> Differences()
    {
        var present = known.Values.OrderBy(t => t.Name, StringComparer.Ordinal).ToList();
        if (present.Count == 0) return [];
        var resources = present.Select(t => new Driver.Admin.ConfigResource { Type = Driver.Admin.ResourceType.Topic, Name = t.KafkaName });
        var described = patience.Get("describing topics", () => clients.Admin.DescribeConfigsAsync(resources));
        var differences = new List<(TopicOnKafka, string)>();
        foreach (var (topic, configs) in present.Zip(present.Select(t => described.First(d => d.ConfigResource.Name == t.KafkaName).Entries)))
        {
            var spec = Topics.Find(topic.Name);
            var partitions = spec.Partitions(options.Partitions);
            if (topic.Partitions != partitions) differences.Add((topic, $"partitions: expected {partitions}, found {topic.Partitions}"));
            foreach (var (key, expected) in Settings(spec))
            {
                var found = configs.TryGetValue(key, out var entry) ? entry.Value : "none";
                if (found != expected) differences.Add((topic, $"{key}: expected {expected}, found {found}"));
            }
        }

        return differences;
    }

    /// <summary>How a topic is set up, by Kafka's names.</summary>
    internal static IReadOnlyDictionary<string, string> Settings(TopicSpec spec)
    {
        var settings = new Dictionary<string, string>
        {
            ["cleanup.policy"] = spec.Cleanup == Cleanup.Compact ? "compact" : "delete",
            ["message.timestamp.type"] = "LogAppendTime",
            ["max.message.bytes"] = KafkaClients.RecordBytesMax.ToString(CultureInfo.InvariantCulture),
        };
        if (spec.Cleanup == Cleanup.Delete) settings["retention.ms"] = (spec.Retention?.TotalMilliseconds ?? -1).ToString(CultureInfo.InvariantCulture);
        if (ArrowTopics.Any(t => spec.Name.EndsWith(t, StringComparison.Ordinal))) settings["compression.type"] = "zstd";
        return settings;
    }

    private TopicOnKafka Make(TopicSpec spec)
    {
        if (options.Client is null)
            throw new LogException($"{options.Prefix}{spec.Name}: no such topic on {options.BootstrapServers} (tppo topics create makes it)");
        Create([spec]);
        return known[spec.Name];
    }

    private Driver.Admin.TopicSpecification Specification(TopicSpec spec) => new()
    {
        Name = options.Prefix + spec.Name,
        NumPartitions = spec.Partitions(options.Partitions),
        ReplicationFactor = -1,
        Configs = new Dictionary<string, string>(Settings(spec)),
    };

    private static bool IsOfTheTable(string name)
    {
        try
        {
            return Topics.Find(name).Name == name && !name.Contains("..", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            // Somebody else's topic.
            return false;
        }
    }
}
