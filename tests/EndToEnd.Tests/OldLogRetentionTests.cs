using System.Diagnostics;
using System.Globalization;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.TestKit;
using Kafka = Confluent.Kafka;

namespace Tppo.EndToEnd.Tests;

/// <summary>Brokers delete by a record's timestamp: of a log of 1997 that must be the time of its import.</summary>
[Collection(Broker.Collection)]
[Trait(Broker.Trait, Broker.Collection)]
public sealed class OldLogRetentionTests(UnbrokenRun unbroken)
{
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(90);
    private static readonly DateTime In1997 = new(1997, 3, 1, 8, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void A_log_of_1997_is_still_there_after_the_retention_check_that_deletes_records_stamped_1997()
    {
        Broker.Require();
        var prefix = $"{Guid.NewGuid():N}.old";
        var file = unbroken.NewFolder() + ".tsv";
        File.WriteAllLines(file, ["user\tts\ttype\ttext\turl", .. Events()]);
        var config = unbroken.NewFolder() + ".json";
        File.WriteAllText(config, $$"""{"input": {"kind": "file", "path": "{{file}}"} }""");
        var result = TppoProcess.Run(UnbrokenRun.Run("ingest", unbroken.NewFolder(), ["--config", config, .. DemoOnKafka.On(prefix)]));
        Assert.True(result.Code == 0, result.Error);
        using var log = DemoOnKafka.Read(prefix);
        var before = ServiceKit.Ids(log, Topics.Search);
        Assert.Equal(40 + log.Partitions(Topics.Search), before.Length);

        // A check that began after the first was seen to delete has passed all topics when the second one's turn is over.
        for (var check = 0; check < 2; check++) AwaitDeletionOfRecordsStamped1997($"{prefix}-control-{check}");
        Assert.Equal(before, ServiceKit.Ids(log, Topics.Search));
        Assert.All(Enumerable.Range(0, log.Partitions(Topics.Search)), p => Assert.Equal(0, log.Bounds(new TopicPartition(Topics.Search, p)).Start));
    }

    private static IEnumerable<string> Events() =>
        Enumerable.Range(0, 40).Select(i => $"user{i % 4}\t{EventTime.Format(In1997.AddMinutes(i))}\tsearch\tsome text {(char)('a' + (i % 26))}\t");

    // The same topic, but that it takes the time that the writer gives.
    private static void AwaitDeletionOfRecordsStamped1997(string prefix)
    {
        var name = $"{prefix}.{Topics.Search}";
        var retention = Topics.Find(Topics.Search).Retention!.Value.TotalMilliseconds;
        Broker.Shared.CreateTopic(name, 1, $"retention.ms={retention.ToString(CultureInfo.InvariantCulture)}", "message.timestamp.type=CreateTime");
        using (
            var producer = new Kafka.ProducerBuilder<Kafka.Null,
            string>(new Kafka.ProducerConfig { BootstrapServers = Broker.Shared.BootstrapServers }).Build())
        {
            producer.Produce(name, new Kafka.Message<Kafka.Null, string> { Value = "event", Timestamp = new Kafka.Timestamp(In1997) });
            producer.Flush(TimeSpan.FromSeconds(30));
        }

        using var log = DemoOnKafka.Read(prefix);
        var waited = Stopwatch.StartNew();
        while (log.Bounds(new TopicPartition(Topics.Search, 0)) is not { Start: > 0 })
        {
            Assert.True(waited.Elapsed < Most, "the broker deletes nothing: this test shows nothing");
            Thread.Sleep(100);
        }
    }
}
