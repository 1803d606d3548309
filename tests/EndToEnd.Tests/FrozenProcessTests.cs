using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Privacy;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Core.World;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

/// <summary>A process of Ingest that sleeps through its own replacement, and wakes in the middle of a transaction.</summary>
[Collection(Broker.Collection)]
[Trait(Broker.Trait, Broker.Collection)]
public sealed class FrozenProcessTests(UnbrokenRun unbroken)
{
    private const int Users = 1_000;
    private static readonly string[] Refusals = ["refused, the step is taken back", "fenced", "has been replaced", "lost its partitions"];
    private readonly string prefix = $"{Guid.NewGuid():N}.frozen";

    [Fact]
    public void What_it_had_begun_is_refused_and_nothing_is_lost_or_doubled()
    {
        Broker.Require();
        var settings = TinyRun.Settings with { Partitions = 4, Input = new InputSettings { World = new WorldSettings { Users = Users } } };
        var pseudonyms = Pseudonyms.ForDemo(settings.Seed);
        UserEvent[] events = [.. new SearchWorld(settings.Seed, settings.Input.World).Events().Select(e => e with { User = pseudonyms.Pseudonym(e.User) })];
        var config = unbroken.NewFolder() + ".json";
        File.WriteAllText(config, RunSettingsJson.Write(settings));

        using var sleeper = RunningService.Start("ingest", unbroken, prefix, "a", config);
        RunningService.Await(() => sleeper.Says("owns partitions"), "topics", sleeper);
        using var log = DemoOnKafka.Read(prefix);
        RunningService.Await(() => Ids(log, Topics.Timeline).Length > 0, "a first step of the sequencer", sleeper);
        sleeper.Freeze();
        Assert.InRange(Ids(log, Topics.Timeline).Length, 1, events.Length - 1);

        using var other = RunningService.Start("ingest", unbroken, prefix, "b", config);
        RunningService.Await(() => Ids(log, Topics.Timeline).Length >= events.Length, "the rest of the timeline, by the other", sleeper, other);
        sleeper.Thaw();
        RunningService.Await(() => Refusals.Any(sleeper.Says), "a refusal in the log of the one that wakes", sleeper, other);

        // Time enough for what it still held to arrive, if anybody let it.
        string[] windows = [.. Windower.InOrder(events, settings.Windows).Select(w => w.Id).Order(StringComparer.Ordinal)];
        RunningService.Await(() => Ids(log, Topics.Windows).Length >= windows.Length, "all windows", sleeper, other);
        Assert.Equal(143, sleeper.Stop());
        Assert.Equal(143, other.Stop());
        string[] ids = [.. events.Select(e => e.Id).Order(StringComparer.Ordinal)];
        string[] topics = [Topics.Search, Topics.Click, Topics.Purchase, Topics.Visit];
        Assert.Equal(ids, topics.SelectMany(t => Ids(log, t)).Order(StringComparer.Ordinal));
        Assert.Equal(ids, Ids(log, Topics.Timeline));
        Assert.Equal(windows, Ids(log, Topics.Windows));
    }

    private static string[] Ids(IEventLog log, string topic) =>
        [.. ServiceKit.Records(log, topic).Where(r => r.Value.Length > 0).Select(r => r.Header(HeaderNames.Id)!).Order(StringComparer.Ordinal)];
}
