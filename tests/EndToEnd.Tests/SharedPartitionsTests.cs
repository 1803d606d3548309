using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Privacy;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Core.World;
using Tppo.Streaming.Kafka;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

/// <summary>Two processes of Ingest, one of which is killed.</summary>
[Collection(Broker.Collection)]
[Trait(Broker.Trait, Broker.Collection)]
public sealed class SharedPartitionsTests(UnbrokenRun unbroken)
{
    private const string SecondImport = "second-half";
    private static readonly string[] Groups = ["sequencer", "windower"];
    private readonly string prefix = $"{Guid.NewGuid():N}.shared";

    [Fact]
    public void After_the_death_of_one_its_users_windows_go_on_in_the_other_with_their_state()
    {
        Broker.Require();
        var settings = TinyRun.Settings with { Partitions = 4, LatenessSeconds = 600 };
        UserEvent[] events = [.. new SearchWorld(settings.Seed, settings.Input.World).Events().OrderBy(EventOrder.Of)];
        var cut = events[events.Length / 2].Time;
        UserEvent[] first = [.. events.Where(e => e.Time < cut)], second = [.. events.Where(e => e.Time >= cut)];
        var pseudonyms = Pseudonyms.ForDemo(settings.Seed);
        var expected = Windows(events, pseudonyms, settings.Windows);
        var before = Windows(first, pseudonyms, settings.Windows);

        var file = unbroken.NewFolder() + ".jsonl";
        File.WriteAllLines(file, first.Select(e => System.Text.Encoding.UTF8.GetString(EventJson.Write(e))));
        var config = unbroken.NewFolder() + ".json";
        File.WriteAllText(config, RunSettingsJson.Write(settings with { Input = new InputSettings { Kind = InputKind.File, Path = file } }));
        using var one = RunningService.Start("ingest", unbroken, prefix, "a", config);
        using var two = RunningService.Start("ingest", unbroken, prefix, "b", config);
        Await(() => one.Says("owns partitions"), "topics");
        using var log = DemoOnKafka.Open(prefix, "test");
        Await(() => Groups.All(g => one.Owned(g).Count == 2 && two.Owned(g).Count == 2), "two partitions for each");
        Await(() => Count(log, Topics.Windows) >= before.Length, "the first half's windows");
        Assert.Equal(before, Ids(log));
        var orphans = one.Owned("windower");

        log.Append(Records(second, pseudonyms, log));
        one.Kill();
        Await(() => Count(log, Topics.Windows) >= expected.Length, "the second half's windows");

        Assert.Equal(expected, Ids(log));
        Assert.All(Groups, g => Assert.Equal([0, 1, 2, 3], two.Owned(g).Order()));
        Assert.All(
            one.Lines.Concat(two.Lines).Where(
                l => l.Contains("sequencer-", StringComparison.Ordinal) && l.Contains("owns partitions", StringComparison.Ordinal)),
            l => Assert.EndsWith("of search.v1, click.v1, purchase.v1, visit.v1", l));

        // Some of its users' later windows reach back over its death.
        var reachBack = ServiceKit.Records(log, Topics.Windows)
            .Where(r => orphans.Contains(r.Partition) && r.Value.Length > 0)
            .Select(r => WindowJson.Read(r.Value))
            .Count(w => !before.Contains(w.Id) && w.History[0].Time < cut);
        Assert.True(reachBack > 0);
        Assert.Empty(ServiceKit.Records(log, Topics.Late));
        Assert.Equal(143, two.Stop());

        void Await(Func<bool> condition, string what) => RunningService.Await(condition, what, one, two);
    }

    private static string[] Windows(IEnumerable<UserEvent> events, Pseudonyms pseudonyms, WindowSettings settings) =>
        [.. Windower.InOrder(events.Select(e => e with { User = pseudonyms.Pseudonym(e.User) }), settings).Select(w => w.Id).Order(StringComparer.Ordinal)];

    private static string[] Ids(IEventLog log) =>
        [.. ServiceKit.Records(log, Topics.Windows).Where(r => r.Value.Length > 0).Select(r => r.Header(HeaderNames.Id)!).Order(StringComparer.Ordinal)];

    private static int Count(IEventLog log, string topic) => ServiceKit.Records(log, topic).Count(r => r.Value.Length > 0);

    // As an importer would write them, with its end marks.
    private static List<OutgoingRecord> Records(UserEvent[] events, Pseudonyms pseudonyms, KafkaLog log)
    {
        string[] topics = [Topics.Search, Topics.Click, Topics.Purchase, Topics.Visit];
        var records = events.Select(e => new OutgoingRecord
        {
            Topic = topics[(int)e.Type],
            Key = pseudonyms.Pseudonym(e.User),
            Value = EventJson.Write(e with { User = pseudonyms.Pseudonym(e.User) }),
            Headers = CloudEvent.Headers(e.Id, "tppo/import/" + SecondImport, $"tppo.{e.Type.Name()}.v1", EventTime.Format(e.Time), CloudEvent.Json),
        });
        return [.. records, .. topics.SelectMany(t => Enumerable.Range(0, log.Partitions(t)).Select(p => EndMark.Of(SecondImport, t, p)))];
    }
}
