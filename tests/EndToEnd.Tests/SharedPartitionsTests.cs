using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Privacy;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Core.World;
using Tppo.Streaming;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

/// <summary>Two processes of Ingest, one of which is killed.</summary>
[Collection(Broker.Collection)]
[Trait(Broker.Trait, Broker.Collection)]
public sealed partial class SharedPartitionsTests(UnbrokenRun unbroken)
{
    private const string SecondImport = "second-half";
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(90);
    private static readonly string[] Groups = ["sequencer", "windower"];
    private readonly string prefix = $"{Guid.NewGuid():N}.shared";
    private readonly ConcurrentQueue<string> a = [], b = [];

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
        using var one = Start("a", config, a);
        using var two = Start("b", config, b);
        try
        {
            using var log = OpenWhenThere();
            Await(() => Groups.All(g => Owned(a, g).Count == 2 && Owned(b, g).Count == 2), "two partitions for each");
            Await(() => Count(log, Topics.Windows) >= before.Length, "the first half's windows");
            Assert.Equal(before, Ids(log));
            var orphans = Owned(a, "windower");

            log.Append(Records(second, pseudonyms, log));
            one.Kill();
            Await(() => Count(log, Topics.Windows) >= expected.Length, "the second half's windows");

            Assert.Equal(expected, Ids(log));
            Assert.All(Groups, g => Assert.Equal([0, 1, 2, 3], Owned(b, g).Order()));
            Assert.All(a.Concat(b).Where(l => l.Contains("sequencer-", StringComparison.Ordinal) && l.Contains("owns partitions", StringComparison.Ordinal)), l => Assert.EndsWith("of search.v1, click.v1, purchase.v1, visit.v1", l));

            // Some of its users' later windows reach back over its death.
            var reachBack = ServiceKit.Records(log, Topics.Windows).Where(r => orphans.Contains(r.Partition) && r.Value.Length > 0).Select(r => WindowJson.Read(r.Value))
                .Count(w => !before.Contains(w.Id) && w.History[0].Time < cut);
            Assert.True(reachBack > 0);
            Assert.Empty(ServiceKit.Records(log, Topics.Late));
            TppoProcess.Terminate(two);
            Assert.True(two.WaitForExit(Most));
            Assert.Equal(130, two.ExitCode);
        }
        finally
        {
            if (!one.HasExited) one.Kill();
            if (!two.HasExited) two.Kill();
        }
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

    // What a process said last that it owns.
    private static HashSet<int> Owned(IEnumerable<string> lines, string group) =>
        lines.Select(l => OwnsPartitions().Match(l)).Where(m => m.Success && m.Groups[1].Value == group).Select(m => m.Groups[2].Value).LastOrDefault() is { } last and not "none"
            ? [.. last.Split(", ").Select(p => int.Parse(p, CultureInfo.InvariantCulture))]
            : [];

    private KafkaLog OpenWhenThere()
    {
        Await(() => a.Any(l => l.Contains("owns partitions", StringComparison.Ordinal)), "topics");
        return DemoOnKafka.Open(prefix, "test");
    }

    private void Await(Func<bool> condition, string what)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(watch.Elapsed < Most, $"waited in vain for {what}\na:\n{string.Join('\n', a)}\nb:\n{string.Join('\n', b)}");
            Thread.Sleep(200);
        }
    }

    private Process Start(string member, string config, ConcurrentQueue<string> lines)
    {
        var process = TppoProcess.Start(
            ["run", "ingest", "--data", unbroken.NewFolder(), "--config", config, "--member", member, "--metrics-port", "0", .. DemoOnKafka.On(prefix)]);
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) lines.Enqueue(line.Data);
        };
        process.BeginErrorReadLine();
        return process;
    }

    [GeneratedRegex(@"\.(sequencer|windower)-[ab]: owns partitions ([0-9, ]+|none) of ")]
    private static partial Regex OwnsPartitions();
}
