using System.Globalization;
using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Tests;

/// <summary>The files under <c>infra/kafka</c> say what the code does.</summary>
public sealed class TopicManifestTests
{
    // The services: who may write dead letters.
    private static readonly string[] Services = ["ingest", "policy-trainer", "labeler", "reward-trainer", "evaluator"];

    [Fact]
    public void The_manifests_are_those_of_the_topic_table()
    {
        var file = Path.Combine(Folder(), "topics.yaml");
        if (Environment.GetEnvironmentVariable("TPPO_WRITE_MANIFESTS") == "1") File.WriteAllText(file, Manifests());
        Assert.Equal(Manifests(), File.ReadAllText(file));
    }

    [Fact]
    public void Every_topic_takes_big_records_and_the_brokers_time_and_stays_as_long_as_the_table_says()
    {
        var topics = File.ReadAllText(Path.Combine(Folder(), "topics.yaml")).Split("---\n").Skip(1).ToList();
        Assert.Equal(Topics.All.Count + Services.Length, topics.Count);
        foreach (var (topic, spec) in topics.Zip(Table()))
        {
            Assert.Contains($"\n  topicName: {spec.Name}\n", topic, StringComparison.Ordinal);
            Assert.Contains(spec.Keyed ? "\n  partitions: 4\n" : "\n  partitions: 1\n", topic, StringComparison.Ordinal);
            Assert.Contains("\n    message.timestamp.type: LogAppendTime\n", topic, StringComparison.Ordinal);
            Assert.Contains("\n    max.message.bytes: 33554432\n", topic, StringComparison.Ordinal);
            Assert.Contains(
                spec.Retention is { Days: var days } ? FormattableString.Invariant($"\n    retention.ms: {days * 86_400_000L}\n") : "\n    retention.ms: -1\n",
                topic, StringComparison.Ordinal);
            Assert.Contains(
                spec.Cleanup == Cleanup.Compact ? "\n    cleanup.policy: compact\n" : "\n    cleanup.policy: delete\n", topic, StringComparison.Ordinal);
            Assert.Equal(spec.Name is Topics.Rollouts or Topics.TokenRewards, topic.Contains("\n    compression.type: zstd\n", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("plain.properties", "SASL_SSL")]
    [InlineData("scram.properties", "SASL_SSL")]
    [InlineData("mtls.properties", "SSL")]
    public void The_examples_of_security_files_are_read_once_their_secrets_are_there(string name, string protocol)
    {
        var folder = Directory.CreateTempSubdirectory("tppo-security-");
        try
        {
            var file = Path.Combine(folder.FullName, name);
            File.Copy(Path.Combine(Folder(), "security", name), file);
            Assert.Contains("no such file", Assert.Throws<LogException>(() => KafkaSecurity.Read(file)).Message, StringComparison.Ordinal);
            foreach (var secret in new[] { "password", "passphrase", "ca.crt", "client.crt", "client.key" })
                File.WriteAllText(Path.Combine(folder.FullName, secret), "secret");
            Assert.Equal(protocol, KafkaSecurity.Read(file).ToString());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<TopicSpec> Table() => Topics.All.Concat(Services.Select(s => Topics.Find(Topics.DeadLetters(s))));

    private static string Manifests()
    {
        var text = new StringBuilder("# Every topic, as the table in src/Core/Log/Topics.cs has it. Written by a test (README.md); do not edit.\n");
        foreach (var spec in Table())
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"---\napiVersion: kafka.strimzi.io/v1\nkind: KafkaTopic\nmetadata:\n  name: {spec.Name}\n  labels:\n    strimzi.io/cluster: tppo\n");
            text.Append(CultureInfo.InvariantCulture, $"spec:\n  topicName: {spec.Name}\n  partitions: {spec.Partitions(4)}\n  config:\n");
            var settings = new SortedDictionary<string, string>(KafkaTopics.Settings(spec).ToDictionary(), StringComparer.Ordinal);
            // Compaction knows no age; said all the same, so that every manifest tells how long.
            settings.TryAdd("retention.ms", "-1");
            foreach (var (key, value) in settings) text.Append(CultureInfo.InvariantCulture, $"    {key}: {value}\n");
        }

        return text.ToString();
    }

    private static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TPPO.sln"))) folder = folder.Parent;
        return Path.Combine(folder?.FullName ?? throw new InvalidOperationException("no TPPO.sln above the tests"), "infra", "kafka");
    }
}
