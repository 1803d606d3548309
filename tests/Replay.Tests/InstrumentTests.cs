using System.Reflection;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.World;
using Tppo.Facts.Cuts;
using Tppo.Facts.Runs;
using Tppo.Hosting;
using Tppo.Hosting.Health;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Ingest;
using Tppo.Ingest.Sequencing;
using Tppo.Ingest.Windowing;
using Tppo.PolicyTrainer;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;
using Tppo.TestKit.Judges;

namespace Tppo.Replay.Tests;

/// <summary>What a dashboard asks for is there: every instrument is fed by something that runs.</summary>
public sealed class InstrumentTests
{
    private const int YearsAgo = 900 * 24 * 3600;
    private static readonly DateTime Day = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    [Fact]
    public async Task After_a_tiny_run_every_instrument_has_data()
    {
        // What was never set stays what no figure is; what is undefined says NaN.
        foreach (var gauge in Defined().OfType<Gauge>().Where(g => g.LabelNames.Length == 0)) gauge.Set(double.NegativeInfinity);
        Run();
        await Model();

        Import();
        Live();
        Mismatch();
        AsOnKafka(new LogObserver(NullLoggerFactory.Instance));
        using var log = new TestLog();
        var readiness = new Readiness(
            new WorkerHost(log.Log, NullLogger<WorkerHost>.Instance), new LogProbe(log.Log, TimeProvider.System), new StageBoard(TimeProvider.System),
            Path.GetTempPath(), Readiness.FreeBytes, TimeProvider.System);
        await using var server = await MetricsServer.StartAsync(readiness, "127.0.0.1", port: 0);
        Assert.Empty(Defined().Where(i => !HasData(i)).Select(i => i.Name));
    }

    // A whole run that dies now and then, so that the judge's desk is asked what it knows, and its rebuild.
    private static void Run()
    {
        using var kit = new ServiceKit(TinyRun.Settings);
        Assert.True(kit.RunThroughDeaths(FinishedRun.AllServices, appendsALife: 5, written: true) > 0);
        new Rebuilder(kit.Log, kit.Settings, new RunFolder(Path.Combine(kit.Folder, "rebuilt")), new StageBoard(TimeProvider.System))
            .Rebuild(model: null, TestContext.Current.CancellationToken);
    }

    // A language model that judges: it breaks, answers nonsense now and then, is asked what is known, and an attempt stands twice.
    private static async Task Model()
    {
        var settings = TinyRun.Settings with { Judge = new JudgeSettings { Kind = JudgeKind.Openai, Model = "stand-in", CanaryRate = 1 } };
        var oracle = new StandInOracle(new SearchWorld(settings.Seed, settings.Input.World));
        await using var server = await StandInJudge.StartAsync(r => r.Number == 3 ? StandInAnswer.Body(500, "boom")
            : StandInAnswer.Content(r.Number % 17 == 5 ? "no" : oracle.Answer(r.Prompt)));
        using var kit = new ServiceKit(settings)
        {
            JudgeAccess = new JudgeAccess { Url = server.Url, Anyway = true, Labels = new DailyBudget(100, null) }.WithPrice("1/1"),
        };
        foreach (var answer in new[] { "one", "another" })
        {
            kit.Log.Append([new OutgoingRecord
            {
                Topic = Topics.Judgements,
                Value = new JudgementFact(1, "twice", "r", "m", "t", answer, "ok", 0, 0, 0).ToJson(),
                Headers = CloudEvent.Headers("twice", "tppo/judge", "tppo.judgement.v1", "", CloudEvent.Json),
            }]);
        }

        // One death in the middle of its labels, with answers on the log that nothing was made of yet.
        var mortal = new MortalLog(kit.Log, 3, written: true, r => r.Topic == Topics.Judgements && PurposeOf(r) == Purposes.Label);
        Assert.Throws<InjectedCrashException>(() => kit.RunUntilIdle(FinishedRun.AllServices, mortal));
        kit.Reopen();
        kit.RunUntilIdle(FinishedRun.AllServices);
        Assert.True(JudgeInstruments.JudgeCacheHits.Value > 0);

        static string? PurposeOf(OutgoingRecord record) => record.Headers.FirstOrDefault(h => h.Name == HeaderNames.Purpose)?.Value;
    }

    // A file with what people's logs hold: what is no event, an address, a text that is too long, and people who come back after long.
    private static void Import()
    {
        var file = Path.Combine(Directory.CreateTempSubdirectory("tppo-instruments-").FullName, "events.tsv");
        string[] lines =
        [
            "user\tts\ttype\ttext\turl",
            Line("ann", -150, "click", "shoes"), Line("ann", 1, "search", "one"),
            Line("ann", 2, "search", "two"), Line("ann", 3, "search", "three"), Line("bob", 1, "click", new string('x', 5_000)),
            Line("bob", 2, "search", "write to bob@example.com"), Line("bob", 3, "search", "five"), Line("bob", 4, "search", "six"),
            "this is no event",
        ];
        File.WriteAllLines(file, lines);
        using (var kit = new ServiceKit(TinyRun.Settings with { Partitions = 1, Input = new InputSettings { Kind = InputKind.File, Path = file } }))
            kit.RunUntilIdle(context => IngestService.Compose(context));
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    // Live topics: one event twice, one behind the bound, topics that bring nothing, and somebody who was last seen years before.
    private static void Live()
    {
        var clock = new ManualClock();
        using var kit = new ServiceKit(TinyRun.Settings with { Partitions = 1, LatenessSeconds = 10, IdleSeconds = 60 });
        using var sequencer = new Sequencer(kit.Context, clock);
        using var windower = new WindowWorker(kit.Context);
        kit.Log.Append([Click(-YearsAgo), Click(-YearsAgo + 100)]);
        Work();
        kit.Log.Append([Click(0), Click(0), Click(100)]);
        Work();
        kit.Log.Append([Click(1)]);
        Work();

        void Work()
        {
            for (var idle = 0; idle < 2; idle++, clock.Move(TimeSpan.FromSeconds(60)))
            {
                while (sequencer.Work(CancellationToken.None) || windower.Work(CancellationToken.None)) continue;
            }
        }

        static OutgoingRecord Click(int second)
        {
            var click = new UserEvent($"{second}", second < 0 ? "old" : "u", Day.AddSeconds(second), EventType.Click, "text", "");
            return new OutgoingRecord
            {
                Topic = Topics.Click,
                Key = click.User,
                Value = EventJson.Write(click),
                Headers = CloudEvent.Headers(
                    click.Id, "live", "tppo.click.v1", EventTime.Format(click.Time), CloudEvent.Json, new Header(HeaderNames.Bucket, "1")),
            };
        }
    }

    // A trainer that died behind its cut, and whose log is no longer what the cut names.
    private static void Mismatch()
    {
        using var kit = new ServiceKit(TinyRun.Settings);
        kit.Log.AppendWindows(kit.Settings);
        Assert.Throws<InjectedCrashException>(() => kit.RunUntilIdle(PolicyTrainerService.Compose, new MortalLog(kit.Log, 1, written: true)));
        var damaged = new DamagedLog(kit.Log, r => r.Topic == Topics.Windows && r.Value.Length > 0);
        var host = new WorkerHost(damaged, NullLogger<WorkerHost>.Instance);
        Assert.Throws<CutMismatchException>(() => host.Run(PolicyTrainerService.Compose(kit.ContextOn(damaged)), untilIdle: true, CancellationToken.None));
    }

    // What only a log of many machines can tell; that it does is tested beside it.
    private static void AsOnKafka(LogObserver observer)
    {
        observer.SequenceGap(Topics.Search, 1);
        observer.SequenceDuplicate(Topics.Search);
        observer.Restoring("windower", 0, 0);
    }

    private static string Line(string user, int day, string type, string text) => $"{user}\t{EventTime.Format(Day.AddDays(day))}\t{type}\t{text}\t";

    private static List<Collector> Defined() =>
    [
        .. typeof(LogInstruments).Assembly.GetTypes().Where(t => t.Namespace == typeof(LogInstruments).Namespace)
            .SelectMany(t => t.GetFields(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static))
            .Select(f => f.GetValue(null)).OfType<Collector>(),
    ];

    private static bool HasData(Collector instrument) => instrument switch
    {
        Counter { LabelNames.Length: 0 } counter => counter.Value > 0,
        Gauge { LabelNames.Length: 0 } gauge => !double.IsNegativeInfinity(gauge.Value),
        Counter counter => counter.GetAllLabelValues().Any(),
        Gauge gauge => gauge.GetAllLabelValues().Any(),
        Histogram histogram => histogram.GetAllLabelValues().Any(),
        _ => throw new InvalidOperationException($"{instrument.Name}: {instrument.GetType().Name} is not looked at here"),
    };
}
