using System.Text;
using Tppo.Core;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Hosting;
using Tppo.Hosting.Workers;
using Tppo.Ingest.Import;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Ingest.Tests;

public sealed class ImporterTests
{
    private static readonly string DeadLetters = Topics.DeadLetters("ingest");
    private static readonly string[] Written = [.. EventTopics.All, DeadLetters];
    private static readonly BadLine[] Bad = [new(7, "expected 5 columns, found 1", 9, "aa", "some line"), new(9, "no time", 99, "bb", "other")];

    // Three steps' worth.
    private static readonly UserEvent[] Events = ListImport.Many(40_000);

    [Trait(Suite.Trait, Suite.Long)]
    [Theory]
    [InlineData(FaultMark.AbortBeforeWrite)]
    [InlineData(FaultMark.UnknownBeforeWrite)]
    [InlineData(FaultMark.UnknownAfterWrite)]
    [InlineData(FaultMark.CrashBeforeWrite)]
    [InlineData(FaultMark.CrashAfterWrite)]
    public void Stopped_at_any_step_and_started_again_it_doubles_nothing_and_leaves_nothing_out(FaultMark mark)
    {
        using var unbroken = new ServiceKit(TinyRun.Settings);
        unbroken.RunUntilIdle(Importer);
        using var broken = new ServiceKit(TinyRun.Settings);
        StepFault[][] lives =
        [
            [new("importer", 0, mark)], [new("importer", 1, mark)], [new("importer", 0, mark), new("importer", 1, mark)],
            [new("importer", 0, mark)],
        ];
        broken.RunThrough(Importer, lives);

        foreach (var topic in Written) Assert.Equal(unbroken.Ids(topic), broken.Ids(topic));
        Assert.Equal(Events.Select(e => e.Id).Order(StringComparer.Ordinal), EventTopics.All.SelectMany(t => Ids(broken, t)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Losing_its_partition_and_getting_it_back_within_one_poll_it_goes_on_with_the_source_that_it_was_given()
    {
        for (var poll = 1; poll < 4; poll++)
        {
            using var kit = new ServiceKit(TinyRun.Settings);
            using var source = new ListImport(Events, Bad);
            kit.RunUntilIdle(c => [new Importer(c, () => source, ListImport.Pseudonyms)], new RebalancingLog(kit.Log, [], [poll]));
            Assert.Equal(Events.Select(e => e.Id).Order(StringComparer.Ordinal), EventTopics.All.SelectMany(t => Ids(kit, t)).Order(StringComparer.Ordinal));
            Assert.Equal(2, kit.Records(DeadLetters).Count);
        }
    }

    [Fact]
    public void An_import_that_has_ended_is_not_opened_for_reading_a_second_time_over()
    {
        using var kit = new ServiceKit(TinyRun.Settings);
        kit.RunUntilIdle(Importer);
        var before = ServiceKit.AllIds(kit.Log, "ingest");
        kit.Reopen();
        kit.RunUntilIdle(Importer);
        Assert.Equal(before, ServiceKit.AllIds(kit.Log, "ingest"));
    }

    [Fact]
    public void People_are_pseudonyms_and_texts_are_redacted_before_the_first_topic()
    {
        UserEvent[] events =
        [
            new("a", "jane.roe", DateTime.UnixEpoch, EventType.Search, "mail jane@example.com or 555-123-4567", ""),
            new("b", "jane.roe", DateTime.UnixEpoch, EventType.Click, "plain", "https://example.com/x"),
        ];
        using var kit = new ServiceKit(TinyRun.Settings);
        kit.RunUntilIdle(c => [new Importer(c, () => new ListImport(events, []), ListImport.Pseudonyms)]);

        var records = EventTopics.All.SelectMany(kit.Records).Where(r => !EndMark.Is(r, out _)).ToList();
        var pseudonym = ListImport.Pseudonyms.Pseudonym("jane.roe");
        Assert.Equal(2, records.Count);
        foreach (var record in records)
        {
            Assert.Equal(pseudonym, record.Key);
            Assert.Equal(WorldFacts.PartitionOf(pseudonym, 2), record.Partition);
            Assert.Equal(pseudonym, EventJson.Read(record.Value.Span).User);
            var all = Encoding.UTF8.GetString(record.Value.Span) + string.Concat(record.Headers.Select(h => h.Value));
            foreach (var secret in new[] { "jane", "555-123" }) Assert.DoesNotContain(secret, all, StringComparison.Ordinal);
        }

        Assert.Equal("https://example.com/x", EventJson.Read(records[1].Value.Span).Url);
        Assert.Equal(
            ListImport.Pseudonyms.Bucket("jane.roe").ToString(System.Globalization.CultureInfo.InvariantCulture), records[0].Header(HeaderNames.Bucket));
        Assert.Equal("tppo.search.v1", records[0].Header(HeaderNames.Type));
        Assert.Equal("1970-01-01T00:00:00Z", records[0].Header(HeaderNames.Time));
    }

    [Fact]
    public void An_end_mark_closes_every_partition_of_all_four_topics_and_opens_those_that_get_nothing()
    {
        using var kit = new ServiceKit(TinyRun.Settings);
        kit.RunUntilIdle(c => [new Importer(c, () => new ListImport(ListImport.Many(200, purchases: false), []), ListImport.Pseudonyms)]);
        foreach (var topic in EventTopics.All)
        {
            for (var p = 0; p < 2; p++)
            {
                var records = kit.Records(topic).Where(r => r.Partition == p).ToList();
                Assert.Single(records, r => EndMark.Is(r, out _));
                Assert.True(EndMark.Is(records[^1], out var stage) && stage == "list");
                Assert.Equal(topic == Topics.Purchase, records.Count == 1);
            }
        }
    }

    [Fact]
    public void A_line_that_is_no_event_is_a_dead_letter_with_cause_place_length_and_hash()
    {
        using var kit = new ServiceKit(TinyRun.Settings);
        kit.RunUntilIdle(c => [new Importer(c, () => new ListImport(ListImport.Many(5), Bad), ListImport.Pseudonyms)]);
        var letters = kit.Records(DeadLetters);
        Assert.Equal(2, letters.Count);
        var first = letters.Single(l => l.Header(HeaderNames.From) == "list:7");
        Assert.Equal(
            ("expected 5 columns, found 1", "9", "aa", "some line"),
            (first.Header(HeaderNames.Cause), first.Header("tppo-length"), first.Header("tppo-sha256"), first.Text()));
    }

    [Fact]
    public void Who_must_be_forgotten_is_not_let_in_again()
    {
        var events = ListImport.Many(200);
        var erased = ListImport.Pseudonyms.Pseudonym("user 7");
        using var kit = new ServiceKit(TinyRun.Settings);
        kit.Log.Append([new OutgoingRecord { Topic = Topics.Erasures, Key = erased, Value = "{}"u8.ToArray() }]);
        kit.RunUntilIdle(c => [new Importer(c, () => new ListImport(events, []), ListImport.Pseudonyms)]);
        var keys = EventTopics.All.SelectMany(kit.Records).Where(r => !EndMark.Is(r, out _)).Select(r => r.Key).ToList();
        Assert.DoesNotContain(erased, keys);
        Assert.Equal(196, keys.Count);
    }

    [Fact]
    public void A_bad_file_leaves_the_log_untouched()
    {
        using var files = new EventFiles();
        using var kit = new ServiceKit(TinyRun.Settings with
        {
            Input = new Core.Settings.InputSettings { Kind = Core.Settings.InputKind.File, Path = files.Tsv(EventFiles.Four[..2]) },
        });
        Assert.Throws<UserException>(() => kit.RunUntilIdle(c => IngestService.Compose(c)));
        Assert.All(ServiceKit.AllIds(kit.Log, "ingest"), topic => Assert.Empty(topic.Value));
    }

    [Fact]
    public void Another_file_than_the_settings_name_is_refused()
    {
        using var files = new EventFiles();
        var path = files.Tsv(EventFiles.Four);
        var refused = Assert.Throws<UserException>(() => IngestService.Open(TinyRun.Settings with
        {
            Input = new Core.Settings.InputSettings { Kind = Core.Settings.InputKind.File, Path = path, Sha256 = new string('0', 64) },
        }));
        Assert.Contains("expected the file with SHA-256 000", refused.Message, StringComparison.Ordinal);
    }

    private static IReadOnlyList<IWorker> Importer(ServiceContext context) => [new Importer(context, () => new ListImport(Events, Bad), ListImport.Pseudonyms)];

    private static IEnumerable<string> Ids(ServiceKit kit, string topic) =>
        kit.Records(topic).Where(r => !EndMark.Is(r, out _)).Select(r => r.Header(HeaderNames.Id)!);
}
