using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;

namespace Tppo.TestKit;

/// <summary>Where records go and what of them comes back.</summary>
internal static class AppendCases
{
    internal static IEnumerable<ContractCase> All =>
    [
        ContractCase.Of(Records_of_a_partition_are_read_in_the_order_of_their_append),
        ContractCase.Of(A_key_goes_where_the_Java_client_puts_it),
        ContractCase.Of(An_explicit_partition_holds_against_the_key),
        ContractCase.Of(A_record_without_key_or_partition_goes_to_partition_zero),
        ContractCase.Of(Headers_key_and_bytes_come_back_as_they_were_written),
        ContractCase.Of(An_append_with_one_bad_record_writes_none),
        ContractCase.Of(Unknown_topics_and_partitions_are_refused),
        ContractCase.Of(Appends_of_several_threads_stay_whole),
        ContractCase.Of(The_timestamp_is_the_time_of_the_append, LogFeatures.Clock),
        ContractCase.Of(Timestamps_do_not_decrease_when_the_clock_goes_back, LogFeatures.Clock),
        ContractCase.Of(What_was_appended_is_there_after_reopening, LogFeatures.Reopen),
    ];

    private static void Records_of_a_partition_are_read_in_the_order_of_their_append(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 1, 500);
        log.AppendNumbers(Topics.Search, 2, 7);
        log.AppendNumbers(Topics.Search, 1, 1500, first: 500);
        var records = log.Read(new TopicPartition(Topics.Search, 1), 0).ToArray();
        Check.Sequence(LogTools.Numbers(2000), records.Select(r => r.Text()), "texts");
        Check.True(records.Zip(records.Skip(1)).All(pair => pair.First.Offset < pair.Second.Offset), "offsets grow");
        Check.True(records.All(r => r.Topic == Topics.Search && r.Partition == 1), "records name their topic and partition");
        Check.Equal(0, log.Texts(Topics.Search, 0).Length, "records in a partition that got none");
    }

    private static void A_key_goes_where_the_Java_client_puts_it(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        (string Key, int Partition)[] expected =
        [
            ("a", 0), ("ab", 2), ("abc", 3), ("user-17", Murmur2.Partition("user-17"u8, 4)), ("žluť", Murmur2.Partition("žluť"u8, 4)),
        ];
        log.Append([.. expected.Select(e => LogTools.Record(Topics.Search, e.Key, key: e.Key))]);
        foreach (var (key, partition) in expected)
            Check.True(log.Texts(Topics.Search, partition).Contains(key), $"key '{key}' is in partition {partition}");
        log.Append([LogTools.Record(Topics.Models, "m", key: "abc")]);
        Check.Sequence(["m"], log.Texts(Topics.Models, 0), "a topic of one partition");
    }

    private static void An_explicit_partition_holds_against_the_key(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.Append([.. Enumerable.Range(0, 4).Select(p => LogTools.Record(Topics.Rollouts, LogTools.Number(p), p, key: "abc"))]);
        for (var p = 0; p < 4; p++) Check.Sequence([LogTools.Number(p)], log.Texts(Topics.Rollouts, p), $"partition {p}");
    }

    private static void A_record_without_key_or_partition_goes_to_partition_zero(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.Append([LogTools.Record(Topics.DeadLetters("ingest"), "lost")]);
        Check.Sequence(["lost"], log.Texts("ingest.dlq.v1", 0), "partition 0");
    }

    private static void Headers_key_and_bytes_come_back_as_they_were_written(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        Header[] headers =
        [
            new("ce_specversion", "1.0"), new("ce_type", "tppo.end.v1"), new("ce_id", "straße/0"), new("own", ""), new("own", "1.0"),
            new("tppo-seq", "12"),
        ];
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(b => (byte)b)];
        log.Append(
        [
            new() { Topic = Topics.Search, Key = "ключ", Value = bytes, Headers = headers, Partition = 0 },
            new() { Topic = Topics.Search, Key = "", Value = default, Partition = 0 },
            new() { Topic = Topics.Search, Key = null, Value = new byte[300_000], Partition = 0 },
        ]);
        var records = log.Read(new TopicPartition(Topics.Search, 0), 0).ToArray();
        Check.Equal(3, records.Length, "records");
        Check.Sequence(headers, records[0].Headers, "headers");
        Check.Equal("straße/0", records[0].Header("ce_id"), "a header by name");
        Check.Equal("", records[0].Header("own"), "the first of two headers of one name");
        Check.Equal(null, records[0].Header("none"), "a header that is not there");
        Check.Equal("ключ", records[0].Key, "key");
        Check.True(records[0].Value.Span.SequenceEqual(bytes), "the payload's bytes are the same");
        Check.Equal("", records[1].Key, "the empty key");
        Check.Equal(0, records[1].Value.Length, "length of the empty payload");
        Check.Equal(null, records[2].Key, "no key");
        Check.Equal(300_000, records[2].Value.Length, "length of a large payload");
        Check.Equal(0, records[2].Headers.Count, "headers of a record without");
    }

    private static void An_append_with_one_bad_record_writes_none(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        Check.Throws<ArgumentException>(() => log.Append([LogTools.Record(Topics.Search, "good", 0), LogTools.Record("no-such-topic", "bad")]), "append");
        Check.Equal(0, log.AllTexts(Topics.Search).Length, "records written");
    }

    private static void Unknown_topics_and_partitions_are_refused(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        var unknown = Check.Throws<ArgumentException>(() => log.Partitions("serach.v1"), "an unknown topic");
        Check.True(unknown.Message.Contains("serach.v1", StringComparison.Ordinal), "the message names the topic");
        Check.Throws<ArgumentException>(() => log.Append([LogTools.Record(Topics.Search, "x", 4)]), "partition 4 of 4");
        Check.Throws<ArgumentException>(() => log.Bounds(new TopicPartition(Topics.Models, 1)), "partition 1 of 1");
        Check.Equal(4, log.Partitions(Topics.Search), "partitions of a keyed topic");
        Check.Equal(1, log.Partitions(Topics.Cuts), "partitions of the cuts");
    }

    private static void Appends_of_several_threads_stay_whole(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (var i = 0; i < 25; i++) log.Append([.. Enumerable.Range(0, 10).Select(n => LogTools.Record(Topics.Search, $"{t}:{i}:{n}", 0))]);
        })).ToList();
        threads.ForEach(t => t.Start());
        threads.ForEach(t => t.Join());
        var texts = log.Texts(Topics.Search, 0);
        Check.Equal(1000, texts.Length, "records");
        foreach (var whole in texts.Chunk(10))
        {
            var stem = whole[0][..whole[0].LastIndexOf(':')];
            Check.Sequence(LogTools.Numbers(10).Select(n => $"{stem}:{n}"), whole, "one append");
        }
    }

    private static void The_timestamp_is_the_time_of_the_append(ILogFactory factory)
    {
        var clock = new ManualClock();
        using var log = factory.Open(new LogSetup { Clock = clock });
        var first = clock.Now;
        log.AppendNumbers(Topics.Search, 0, 1);
        clock.Move(TimeSpan.FromMilliseconds(1234));
        log.AppendNumbers(Topics.Search, 0, 1);
        Check.Sequence([first, first.AddMilliseconds(1234)], log.Read(new TopicPartition(Topics.Search, 0), 0).Select(r => r.Timestamp), "timestamps");
    }

    private static void Timestamps_do_not_decrease_when_the_clock_goes_back(ILogFactory factory)
    {
        var clock = new ManualClock();
        using var log = factory.Open(new LogSetup { Clock = clock });
        log.AppendNumbers(Topics.Search, 0, 1);
        clock.Move(TimeSpan.FromHours(-1));
        log.AppendNumbers(Topics.Search, 0, 1);
        var times = log.Read(new TopicPartition(Topics.Search, 0), 0).Select(r => r.Timestamp).ToArray();
        Check.True(times[1] >= times[0], "the later record's time is not earlier");
    }

    private static void What_was_appended_is_there_after_reopening(ILogFactory factory)
    {
        var setup = new LogSetup();
        (long, long) bounds;
        using (var log = factory.Open(setup))
        {
            log.Append([new() { Topic = Topics.Search, Key = "k", Value = Encoding.UTF8.GetBytes("0"), Partition = 3, Headers = [new("ce_id", "0")] }]);
            bounds = log.Bounds(new TopicPartition(Topics.Search, 3));
        }

        setup.Clock.Move(TimeSpan.FromHours(-1));
        using var again = factory.Open(setup);
        Check.Equal(bounds, again.Bounds(new TopicPartition(Topics.Search, 3)), "bounds");
        again.AppendNumbers(Topics.Search, 3, 1, first: 1);
        again.AppendNumbers(Topics.Click, 3, 1);
        var records = again.Read(new TopicPartition(Topics.Search, 3), 0).ToArray();
        Check.Sequence(["0", "1"], records.Select(r => r.Text()), "texts");
        Check.Equal("0", records[0].Header("ce_id"), "header");
        Check.True(records[1].Timestamp >= records[0].Timestamp, "times do not decrease over the reopening");
        Check.Sequence(["0"], again.Texts(Topics.Click, 3), "a topic that is new after reopening");
    }
}
