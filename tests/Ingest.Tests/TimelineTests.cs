using System.Globalization;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Windows;
using Tppo.Hosting;
using Tppo.Hosting.Workers;
using Tppo.Ingest.Sequencing;
using Tppo.Ingest.Windowing;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Ingest.Tests;

/// <summary>Sequencer and windower on a log whose events come out of order, late, twice and broken.</summary>
public sealed class TimelineTests
{
    private const int Chunks = 6;
    private static readonly string DeadLetters = Topics.DeadLetters("ingest");
    private static readonly string[] Written = [Topics.Timeline, Topics.Late, Topics.Windows, DeadLetters];
    private static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly Input Given = Input.Make();

    [Fact]
    public void Whatever_the_order_within_the_lateness_the_timeline_has_the_canonical_one()
    {
        using var kit = Run([]);
        for (var p = 0; p < 2; p++)
        {
            var order = Events(kit, Topics.Timeline).Where(e => WorldFacts.PartitionOf(e.User, 2) == p).Select(EventOrder.Of).ToList();
            Assert.Equal(order.Order(), order);
            Assert.True(order.Count > 100);
        }

        Assert.Equal(
            Given.OnTime.Select(e => e.Id).Order(StringComparer.Ordinal), Events(kit, Topics.Timeline).Select(e => e.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Timeline_and_late_and_dead_letters_and_duplicates_are_the_input()
    {
        using var kit = Run([]);
        var timeline = Events(kit, Topics.Timeline).Count();
        var late = Events(kit, Topics.Late).Count();
        Assert.Equal(Given.OnTime.Count, kit.Records(Topics.Timeline).Count(r => !EndMark.Is(r, out _)));
        Assert.Equal(Given.Late.Count, late);
        Assert.Equal(3, kit.Records(DeadLetters).Count);
        Assert.Equal(Given.Total, timeline + late + 3 + Given.Duplicates);
    }

    [Fact]
    public void What_comes_behind_the_bound_goes_to_late_with_how_late_it_was()
    {
        using var kit = Run([]);
        var late = kit.Records(Topics.Late);
        Assert.Equal(Given.Late.Select(e => e.Id).Order(StringComparer.Ordinal), late.Select(r => r.Header(HeaderNames.Id)!).Order(StringComparer.Ordinal));
        Assert.All(late, r => Assert.InRange(double.Parse(r.Header(HeaderNames.LateSeconds)!, CultureInfo.InvariantCulture), 3600, 6 * 3600));
    }

    [Fact]
    public void What_is_no_event_is_a_dead_letter_that_says_why_and_where_from()
    {
        using var kit = Run([]);
        var causes = kit.Records(DeadLetters).Select(r => r.Header(HeaderNames.Cause)!).Order(StringComparer.Ordinal).ToList();
        Assert.Contains("ce_time", causes[1], StringComparison.Ordinal);
        Assert.Contains("ce_id", causes[2], StringComparison.Ordinal);
        Assert.StartsWith("event:", causes[0], StringComparison.Ordinal);
        Assert.All(kit.Records(DeadLetters), r => Assert.Matches(@"^(search|click|purchase|visit)\.v1/[01]/\d+$", r.Header(HeaderNames.From)));
    }

    [Fact]
    public void Windows_are_those_of_the_pure_windower()
    {
        using var kit = Run([]);
        var expected = Windower.Windows(Given.OnTime, kit.Settings.Windows).ToDictionary(w => w.Id);
        var found = kit.Records(Topics.Windows).Where(r => !EndMark.Is(r, out _)).Select(r => WindowJson.Read(r.Value)).ToList();
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), found.Select(w => w.Id).Order(StringComparer.Ordinal));
        Assert.True(found.Count > 20);
        Assert.All(found, w => Assert.Equal(WindowJson.Write(expected[w.Id]), WindowJson.Write(w)));
    }

    [Fact]
    public void End_marks_go_through_to_the_windows_once_a_partition_and_last_however_often_it_starts_again()
    {
        using var kit = Run([]);
        kit.RunThrough(Workers, [], []);
        foreach (var topic in new[] { Topics.Timeline, Topics.Windows })
        {
            for (var p = 0; p < 2; p++)
            {
                var records = kit.Records(topic).Where(r => r.Partition == p).ToList();
                Assert.Single(records, r => EndMark.Is(r, out _));
                Assert.True(EndMark.Is(records[^1], out var stage) && stage == "test");
            }
        }
    }

    [Trait(Suite.Trait, Suite.Long)]
    [Theory]
    [InlineData(FaultMark.AbortBeforeWrite)]
    [InlineData(FaultMark.UnknownBeforeWrite)]
    [InlineData(FaultMark.UnknownAfterWrite)]
    [InlineData(FaultMark.CrashBeforeWrite)]
    [InlineData(FaultMark.CrashAfterWrite)]
    public void Stopped_at_every_step_of_either_worker_the_records_are_those_of_an_unbroken_run(FaultMark mark)
    {
        using var unbroken = Run([]);
        using var broken = Run([[new("sequencer", 0, mark)], [new("windower", 0, mark)]]);
        foreach (var topic in Written) Assert.Equal(unbroken.Ids(topic), broken.Ids(topic));
        Assert.Equal(Values(unbroken), Values(broken));
    }

    private static ServiceKit Run(StepFault[][] lives)
    {
        var kit = new ServiceKit(TinyRun.Settings);
        foreach (var chunk in Given.Chunks)
        {
            kit.Log.Append(chunk);
            kit.RunThrough(Workers, lives);
        }

        return kit;
    }

    private static IReadOnlyList<IWorker> Workers(ServiceContext context) => [new Sequencer(context), new WindowWorker(context)];

    private static IEnumerable<UserEvent> Events(ServiceKit kit, string topic) => kit.Records(topic)
        .Where(r => !EndMark.Is(r, out _) && r.Header(HeaderNames.Id) != Input.NoJson)
        .Select(r => EventJson.Read(r.Value.Span));

    private static string[] Values(ServiceKit kit) =>
        [.. kit.Records(Topics.Windows).Select(r => Convert.ToHexString(r.Value.Span)).Order(StringComparer.Ordinal)];

    /// <summary>Six chunks of records, each appended when the one before was dealt with.</summary>
    private sealed record Input(List<List<OutgoingRecord>> Chunks, List<UserEvent> OnTime, List<UserEvent> Late, int Duplicates, int Total)
    {
        public const string NoJson = "no json";

        public static Input Make()
        {
            var random = SeededRandom.For("timeline test", 1);
            string[] users =
            [
                .. Enumerable.Range(0, 2).Select(p => Enumerable.Range(0, 100).Select(u => $"user{u}").First(u => WorldFacts.PartitionOf(u, 2) == p)),
            ];
            UserEvent[] events =
            [
                .. Enumerable.Range(0, 900).Select(i => new UserEvent(
                    $"e{i:D4}", $"user{random.NextInt(12)}", Start.AddSeconds(i * 120), (EventType)(
                        i % 4 == 3 ? random.NextInt(4) : i % 4 == 2 ? 0 : random.NextInt(4)), $"query {i}", "")),
                // The last minute holds an event of every type in both partitions.
                .. Enumerable.Range(0, 8).Select(
                    i => new UserEvent($"f{i}", users[i / 4], Start.AddSeconds((900 * 120) + i), (EventType)(i % 4), $"last {i}", "")),
            ];
            // Up to nine minutes out of order: within the ten that are allowed.
            var jittered = events.OrderBy(e => e.Time.AddSeconds(random.NextInt(540))).ToList();
            var chunks = new List<List<OutgoingRecord>>();
            var late = new List<UserEvent>();
            UserEvent[] before = [];
            var duplicates = 0;
            foreach (var chunk in jittered.Chunk((events.Length / TimelineTests.Chunks) + 1))
            {
                var records = chunk.Select(e => Record(e)).ToList();
                // The newest of the chunk before and of this one come a second time.
                foreach (var again in before.TakeLast(2).Concat(chunk.TakeLast(2)))
                {
                    records.Add(Record(again));
                    duplicates++;
                }

                if (chunks.Count >= 3)
                {
                    var event_ = new UserEvent($"late{chunks.Count}", $"user{chunks.Count}", chunk[0].Time.AddHours(-5), EventType.Search, "late", "");
                    late.Add(event_);
                    records.Insert(records.Count / 2, Record(event_));
                }

                before = chunk;
                chunks.Add(records);
            }

            chunks[1].Add(
                Record(events[200]) with { Headers = [new Header(HeaderNames.Time, "2024-01-01T00:00:00Z"), new Header(HeaderNames.Type, "tppo.search.v1")] });
            chunks[2].Add(
                Record(events[300]) with { Headers = CloudEvent.Headers("no time", "test", "tppo.click.v1", "noon", CloudEvent.Json), Topic = Topics.Click });
            chunks[2].Add(
                Record(events[300]) with
                {
                    Headers = CloudEvent.Headers(NoJson, "test", "tppo.search.v1", EventTime.Format(events[300].Time.AddHours(1)), CloudEvent.Json),
                    Topic = Topics.Search,
                    Value = "{]"u8.ToArray(),
                });
            var total = chunks.Sum(c => c.Count);
            chunks[^1].AddRange(EventTopics.All.SelectMany(t => Enumerable.Range(0, 2).Select(p => EndMark.Of("test", t, p))));
            return new Input(chunks, [.. events], late, duplicates, total);
        }

        private static OutgoingRecord Record(UserEvent e) => new()
        {
            Topic = EventTopics.Of(e.Type),
            Key = e.User,
            Value = EventJson.Write(e),
            Headers = CloudEvent.Headers(
                e.Id, "test", $"tppo.{e.Type.Name()}.v1", EventTime.Format(e.Time), CloudEvent.Json, new Header(HeaderNames.Bucket, "1")),
        };
    }
}
