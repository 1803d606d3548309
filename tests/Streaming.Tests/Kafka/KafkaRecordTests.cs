using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Streaming.Tests;

/// <summary>Records that pass through a member: what it hands on is what it was given, whatever stood in it.</summary>
[Collection(Broker.Collection), Trait(Broker.Trait, Broker.Collection)]
public class KafkaRecordTests
{
    private static readonly LogSetup Setup = new() { Partitions = 1 };

    [Fact]
    public void Odd_keys_headers_and_payloads_are_handed_on_as_they_are()
    {
        Broker.Require();
        using var factory = new KafkaLogFactory();
        using var log = factory.Open(Setup);
        log.Append(Odd);
        using var member = log.Join("passer", "a", [Topics.Timeline]);
        var given = member.Drain();
        AssertSame(Odd, given);

        using (var step = member.Begin())
        {
            foreach (var record in given) step.Append(Onward(record));
            Assert.Equal(StepOutcome.Committed, step.Finish());
        }

        using var next = log.Join("next", "a", [Topics.Windows]);
        OutgoingRecord[] expected =
        [
            .. given.Select((r, i) => Onward(r) with { Headers = [.. Onward(r).Headers, new Header(HeaderNames.Sequence, $"passer/0/{i}")] }),
        ];
        AssertSame(expected, next.Drain());
        AssertSame(expected, [.. log.Read(new TopicPartition(Topics.Windows, 0), 0)]);
    }

    [Fact]
    public void A_large_payload_and_many_records_come_whole_and_in_order()
    {
        Broker.Require();
        using var factory = new KafkaLogFactory();
        using var log = factory.Open(Setup);
        var large = new byte[5 << 20];
        for (var i = 0; i < large.Length; i++) large[i] = (byte)(i * 31);
        log.AppendNumbers(Topics.Timeline, 0, 5_000);
        log.Append([new OutgoingRecord { Topic = Topics.Timeline, Partition = 0, Value = large }]);
        log.AppendNumbers(Topics.Timeline, 0, 5_000, first: 5_000);
        using var member = log.Join("reader", "a", [Topics.Timeline]);
        var given = member.Drain(recordsMax: 3_000);
        Assert.Equal(10_001, given.Count);
        Assert.True(given[5_000].Value.Span.SequenceEqual(large));
        given.RemoveAt(5_000);
        Assert.Equal(LogTools.Numbers(10_000), given.Select(r => r.Text()));
    }

    [Fact]
    public void Seals_are_given_to_nobody_and_hold_nobody_up()
    {
        Broker.Require();
        using var factory = new KafkaLogFactory();
        using var log = factory.Open(Setup);
        log.Append([ASeal]);
        log.AppendNumbers(Topics.Timeline, 0, 2);
        log.Append([ASeal]);
        log.AppendNumbers(Topics.Timeline, 0, 2, first: 2);
        log.Append([ASeal]);

        using var member = log.Join("reader", "a", [Topics.Timeline]);
        Assert.Equal(LogTools.Numbers(4), member.Drain().Select(r => r.Text()));
        Assert.True(member.AtEnd);
        Assert.Equal(LogTools.Numbers(4), log.Read(new TopicPartition(Topics.Timeline, 0), 0).Select(r => r.Text()));
    }

    private static OutgoingRecord[] Odd { get; } =
    [
        With("no headers", "k", []),
        With("no key", null, [new Header("ce_type", "tppo.search.v1")]),
        With("empty key", "", [new Header("ce_type", "")]),
        With("key and header beyond ASCII", "κλειδί", [new Header("ключ", "значение 🔑"), new Header("x", "é")]),
        With("long key", new string('k', 300), [new Header(new string('n', 200), new string('v', 70_000))]),
        With(
            "known names and values", "k",
            [
                new Header("ce_specversion", "1.0"), new Header("content-type", "application/json"),
                new Header("ce_id", "application/json"), new Header("1.0", "1.0"),
            ]),
        With("a name twice", "k", [new Header("a", "1"), new Header("a", "2"), new Header("a", "1")]),
        With("more headers than there is room for at first", "k", [.. Enumerable.Range(0, 150).Select(i => new Header($"name-{i}", new string('v', i)))]),
        With("", "empty payload", [new Header("a", "b")]),
    ];

    private static OutgoingRecord ASeal { get; } = With("", "seal", [.. CloudEvent.Headers("seal/timeline.v1/0", "tppo", Seal.Type, "", CloudEvent.Json)]);

    private static OutgoingRecord With(string text, string? key, Header[] headers) =>
        new() { Topic = Topics.Timeline, Key = key, Partition = 0, Value = Encoding.UTF8.GetBytes(text), Headers = headers };

    private static OutgoingRecord Onward(LogRecord record) => new()
    {
        Topic = Topics.Windows,
        Key = record.Key,
        Partition = 0,
        Value = record.Value,
        Headers = HeaderList.Extend(record.Headers, new Header(HeaderNames.From, $"somewhere/{record.Offset}"), new Header("ещё", "")),
    };

    private static void AssertSame(OutgoingRecord[] expected, List<LogRecord> found)
    {
        Assert.Equal(expected.Length, found.Count);
        foreach (var (e, f) in expected.Zip(found))
        {
            Assert.Equal(e.Key, f.Key);
            Assert.Equal(Encoding.UTF8.GetString(e.Value.Span), Encoding.UTF8.GetString(f.Value.Span));
            Assert.Equal(e.Headers, f.Headers);
        }
    }
}
