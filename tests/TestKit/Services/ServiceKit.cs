using Microsoft.Extensions.Logging.Abstractions;
using Tppo.Core.Log;
using Tppo.Core.Settings;
using Tppo.Facts.Artifacts;
using Tppo.Hosting;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.TestKit;

/// <summary>
/// What a service's test stands on: an embedded log with holes in its offsets, a store of checkpoints, and a way to run
/// workers on this thread until they are idle, through crashes if need be. Gone with the kit.
/// </summary>
public sealed class ServiceKit : IDisposable
{
    private const int RoundsMax = 100_000;

    public ServiceKit(RunSettings settings)
    {
        Settings = settings;
        Artifacts = new ArtifactStore(Path.Combine(Folder, "checkpoints"));
        Log = Open([]);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("tppo-service-").FullName;

    public RunSettings Settings { get; }

    public ArtifactStore Artifacts { get; }

    public EmbeddedLog Log { get; private set; }

    public ServiceContext Context => ContextOn(Log);

    /// <summary>Where a language model that judges is reached.</summary>
    public JudgeAccess JudgeAccess { get; set; } = new();

    /// <summary>By which services go.</summary>
    public TimeProvider Clock { get; set; } = TimeProvider.System;

    public ServiceContext ContextOn(IEventLog log) => new()
    {
        Log = log,
        Settings = Settings,
        Artifacts = Artifacts,
        Board = new StageBoard(TimeProvider.System),
        Loggers = NullLoggerFactory.Instance,
        JudgeAccess = JudgeAccess,
        Clock = Clock,
    };

    public void Dispose()
    {
        Log.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Closes the log and opens it again, as another process would.</summary>
    public void Reopen(params StepFault[] faults)
    {
        Log.Dispose();
        Log = Open(faults);
    }

    /// <summary>Runs workers, in turn and on this thread, until a whole round finds nothing to do and nothing was written.</summary>
    public void RunUntilIdle(Func<ServiceContext, IReadOnlyList<IWorker>> compose, IEventLog? on = null)
    {
        var workers = compose(ContextOn(on ?? Log));
        try
        {
            for (var round = 0; round < RoundsMax; round++)
            {
                var commits = Log.Commits;
                var worked = false;
                foreach (var worker in workers) worked |= worker.Work(CancellationToken.None);
                if (!worked && Log.Commits == commits) return;
            }
        }
        finally
        {
            foreach (var worker in workers) worker.Dispose();
        }

        throw new InvalidOperationException($"after {RoundsMax} rounds the workers are not idle");
    }

    /// <summary>One life a list of faults: each must end in its planned crash or be idle; then one life without faults.</summary>
    public void RunThrough(Func<ServiceContext, IReadOnlyList<IWorker>> compose, params IReadOnlyList<StepFault>[] lives)
    {
        foreach (var faults in lives)
        {
            Reopen([.. faults]);
            try
            {
                RunUntilIdle(compose);
            }
            catch (InjectedCrashException)
            {
                // The life is over; the next one opens the log as it was left.
            }
        }

        Reopen();
        RunUntilIdle(compose);
    }

    /// <summary>Lives that each die at one of their appends, until one ends by itself. Gives the number of deaths.</summary>
    public int RunThroughDeaths(Func<ServiceContext, IReadOnlyList<IWorker>> compose, int appendsALife, bool written)
    {
        for (var deaths = 0; deaths < 1000; deaths++)
        {
            Reopen();
            try
            {
                RunUntilIdle(compose, new MortalLog(Log, appendsALife, written));
                return deaths;
            }
            catch (InjectedCrashException)
            {
                // On to the next life.
            }
        }

        throw new InvalidOperationException("a thousand lives did not bring the work to its end");
    }

    /// <summary>The records of a topic, partition by partition.</summary>
    public List<LogRecord> Records(string topic) => Records(Log, topic);

    public static List<LogRecord> Records(IEventLog log, string topic) =>
        [.. Enumerable.Range(0, log.Partitions(topic)).SelectMany(p => log.Read(new TopicPartition(topic, p), 0))];

    /// <summary>The ids of a topic's records, sorted: a multiset.</summary>
    public string[] Ids(string topic) => Ids(Log, topic);

    public static string[] Ids(IEventLog log, string topic) =>
        [.. Records(log, topic).Select(r => r.Header(HeaderNames.Id) ?? "").Order(StringComparer.Ordinal)];

    /// <summary>The ids of every topic but the changelog, whose records follow commits.</summary>
    public static Dictionary<string, string[]> AllIds(IEventLog log, params string[] services) => Topics.All.Select(t => t.Name)
        .Where(t => t != Topics.WindowState)
        .Concat(services.Select(Topics.DeadLetters))
        .ToDictionary(t => t, t => Ids(log, t));

    private EmbeddedLog Open(IReadOnlyList<StepFault> faults) => EmbeddedLog.Open(Folder, new EmbeddedOptions
    {
        Partitions = Settings.Partitions,
        OffsetHoleEvery = 5,
        Faults = faults,
        BlockCacheBytes = 8 << 20,
        Observer = new LogObserver(NullLoggerFactory.Instance),
    });
}
