using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Tppo.Core.Log;
using Tppo.Core.Settings;
using Tppo.Core.World;
using Tppo.Facts.Artifacts;
using Tppo.Hosting;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;

namespace Tppo.Ingest.Bench;

/// <summary>The stages of Ingest on logs of their own: <c>parted</c> holds the import and then the rest, <c>whole</c> all at once.</summary>
internal sealed class IngestBench(string folder, int people)
{
    private const int AppendBatch = 16_384;
    private readonly RunSettings settings = new() { Input = new InputSettings { World = new WorldSettings { Users = people } } };

    /// <summary>The importer alone, the making of the world included.</summary>
    public Measured Import()
    {
        if (Directory.Exists(PathOf("parted"))) Directory.Delete(PathOf("parted"), recursive: true);
        return Work("import", "parted", workers => workers[..1]);
    }

    /// <summary>Sequencer and windower together, over what the importer left.</summary>
    public Measured SequenceAndWindow() => Work("sequence+window", "parted", workers => workers[1..3]);

    /// <summary>All of it at once.</summary>
    public Measured Pipeline() => Work("pipeline", "whole", workers => workers[..3]);

    /// <summary>
    /// The records that the pipeline left on some topics, read before the clock starts, appended again in batches: what a
    /// stage that wrote them could reach if its work cost nothing.
    /// </summary>
    public Measured Append(string stage, params string[] topics)
    {
        using var from = Open("whole");
        using var to = Open(stage);
        var batches = topics.SelectMany(topic => Records(from, topic)).Chunk(AppendBatch).ToList();
        var events = Records(from, Topics.Timeline).LongCount(r => r.Value.Length > 0);
        return Measure(stage, events, () => batches.ForEach(to.Append));
    }

    private Measured Work(string stage, string name, Func<IWorker[], IWorker[]> choose)
    {
        using var log = Open(name);
        var context = new ServiceContext
        {
            Log = log,
            Settings = settings,
            Artifacts = new ArtifactStore(PathOf("artifacts")),
            Board = new StageBoard(TimeProvider.System),
            Loggers = NullLoggerFactory.Instance,
        };
        IWorker[] all = [.. IngestService.Compose(context)];
        var chosen = choose(all);
        foreach (var worker in all.Except(chosen)) worker.Dispose();
        var host = new WorkerHost(log, NullLogger<WorkerHost>.Instance);
        var measured = Measure(stage, events: 0, () => host.Run(chosen, untilIdle: true, CancellationToken.None));
        return measured with { Events = EventTopics.All.Sum(topic => Records(log, topic).LongCount(r => r.Value.Length > 0)) };
    }

    private static Measured Measure(string stage, long events, Action work)
    {
        GC.Collect();
        var (cpu, started) = (Cpu(), Stopwatch.GetTimestamp());
        work();
        return new Measured(stage, events, Stopwatch.GetElapsedTime(started).TotalSeconds, Cpu() - cpu);
    }

    private static double Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    private static IEnumerable<OutgoingRecord> Records(EmbeddedLog log, string topic) =>
        from partition in Enumerable.Range(0, log.Partitions(topic))
        from record in log.Read(new TopicPartition(topic, partition), 0)
        select new OutgoingRecord { Topic = topic, Key = record.Key, Partition = partition, Value = record.Value, Headers = record.Headers };

    private EmbeddedLog Open(string name) => EmbeddedLog.Open(PathOf(name), new EmbeddedOptions());

    private string PathOf(string name) => Path.Combine(folder, name);
}
