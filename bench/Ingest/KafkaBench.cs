using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Tppo.Core.Log;
using Tppo.Core.Settings;
using Tppo.Core.World;
using Tppo.Facts.Artifacts;
using Tppo.Hosting;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Streaming.Kafka;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;
using Kafka = Confluent.Kafka;

namespace Tppo.Ingest.Bench;

/// <summary>Sequencer and windower on a real broker, between the plain consumer and Kafka Streams.</summary>
internal sealed class KafkaBench(int people)
{
    private const int CopyBatch = 16_384;
    private static readonly string[] PeerJars = ["lib/*", "streams/*", "peer/streams-peer.jar"];
    private readonly RunSettings settings = new()
    {
        Input = new InputSettings { World = new WorldSettings { Users = people } },
        Windows = new WindowSettings { HistoryEventsMax = 50 },
    };

    /// <summary>Rounds on brokers of their own; in each the ways take turns over the same four topics.</summary>
    public void Run(int rounds)
    {
        Console.WriteLine("round  way       events/s  CPU s   ratio to streams   share of plain   detail");
        for (var round = 1; round <= rounds; round++)
        {
            using var broker = TestBroker.Start(new TestBrokerOptions { HeapMegabytes = 1024 });
            Tell($"round {round} of {rounds}: making the events");
            var fed = Feed(broker);
            Tell(string.Create(CultureInfo.InvariantCulture, $"round {round} of {rounds}: {fed:N0} events; plain, streams, ours, limit take turns"));
            Row[] rows = [Plain(broker, fed), Streams(broker, fed), Ours(broker, fed), Limit(broker)];
            foreach (var row in rows)
            {
                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{round,5}  {row.Way,-8} {row.Rate,9:N0} {row.Cpu,6:F1} {row.Rate / rows[1].Rate,18:F2} {row.Rate / rows[0].Rate,16:P1}   {row.Detail}"));
            }
        }
    }

    private static void Tell(string progress) => Console.Error.WriteLine(progress);

    // What the importer makes of the world, behind a prefix, is copied without its end marks: the peer knows no records without a key.
    private long Feed(TestBroker broker)
    {
        using var from = Open(broker, "feed", ILogObserver.None, "feed.");
        var workers = IngestService.Compose(Context(from, broker));
        foreach (var other in workers.Skip(1)) other.Dispose();
        new WorkerHost(from, NullLogger<WorkerHost>.Instance).Run([workers[0]], untilIdle: true, CancellationToken.None);
        using var to = Open(broker, "feed", ILogObserver.None);
        var fed = 0L;
        var events = EventTopics.All.SelectMany(t => Enumerable.Range(0, from.Partitions(t)).SelectMany(p => from.Read(new TopicPartition(t, p), 0)));
        foreach (var batch in events.Where(r => r.Value.Length > 0).Chunk(CopyBatch))
        {
            to.Append(
                [.. batch.Select(r => new OutgoingRecord { Topic = r.Topic, Key = r.Key, Partition = r.Partition, Value = r.Value, Headers = r.Headers })]);
            fed += batch.Length;
        }

        return fed;
    }

    private static Row Plain(TestBroker broker, long fed)
    {
        var config = new Kafka.ConsumerConfig
        {
            BootstrapServers = broker.BootstrapServers,
            GroupId = "plain",
            IsolationLevel = Kafka.IsolationLevel.ReadCommitted,
            EnableAutoCommit = false,
            AutoOffsetReset = Kafka.AutoOffsetReset.Earliest,
        };

        // The default of a second makes this consumer wait most of the time: not worth measuring against.
        config.Set("fetch.queue.backoff.ms", "1");
        using var consumer = new Kafka.ConsumerBuilder<byte[], byte[]>(config).Build();
        consumer.Assign(EventTopics.All.SelectMany(t => Enumerable.Range(0, 4).Select(p => new Kafka.TopicPartitionOffset(t, p, Kafka.Offset.Beginning))));
        var cpu = Cpu();
        consumer.Consume(TimeSpan.FromSeconds(30));
        var started = Stopwatch.GetTimestamp();
        for (var seen = 1L; seen < fed;)
        {
            if (consumer.Consume(TimeSpan.FromSeconds(1)) is { Message.Value.Length: > 0 }) seen++;
        }

        return new Row("plain", fed / Stopwatch.GetElapsedTime(started).TotalSeconds, Cpu() - cpu, "");
    }

    private Row Ours(TestBroker broker, long fed)
    {
        var told = new StepTimes();
        using var log = Open(broker, "ours", told);
        log.Append([.. EventTopics.All.SelectMany(t => Enumerable.Range(0, log.Partitions(t)).Select(p => EndMark.Of("bench", t, p)))]);
        var workers = IngestService.Compose(Context(log, broker));
        workers[0].Dispose();
        foreach (var other in workers.Skip(3)) other.Dispose();
        var cpu = Cpu();
        new WorkerHost(log, NullLogger<WorkerHost>.Instance).Run([.. workers.Skip(1).Take(2)], untilIdle: true, CancellationToken.None);
        return new Row("ours", fed / told.Elapsed.TotalSeconds, Cpu() - cpu, FormattableString.Invariant(
            $"{PerTransaction("sequencer"):N0} events a transaction of the sequencer, {PerTransaction("windower"):N0} of the windower"));

        long PerTransaction(string of) => fed / Math.Max(1, told.Of(of));
    }

    // What ours wrote to one of the four partitions is read before the clock starts, and written twice by as many writers: once to
    // warm them up.
    private static Row Limit(TestBroker broker)
    {
        using var from = Open(broker, "limit", ILogObserver.None);
        var (timeline, rest) = (
            Written(from, Topics.Timeline), (IReadOnlyList<OutgoingRecord>)[.. Written(from, Topics.Windows), .. Written(from, Topics.WindowState)]);
        var steps = (timeline.Count / CopyBatch) + 1;
        using var first = Open(broker, "limit-0", ILogObserver.None);
        using var second = Open(broker, "limit-1", ILogObserver.None);
        Write();
        var (cpu, started) = (Cpu(), Stopwatch.GetTimestamp());
        Write();
        return new Row("limit", timeline.Count / Stopwatch.GetElapsedTime(started).TotalSeconds, Cpu() - cpu, string.Create(
            CultureInfo.InvariantCulture,
            $"{(double)rest.Count / timeline.Count:F2} windows and states an event, "
            + $"{timeline.Concat(rest).Sum(r => (long)r.Value.Length) / timeline.Count:N0} bytes of payload"));

        void Write() => Parallel.Invoke(
            () => AppendAll(first, timeline, (timeline.Count / steps) + 1),
            () => AppendAll(second, rest, (rest.Count / steps) + 1));
    }

    private static void AppendAll(KafkaLog log, IReadOnlyList<OutgoingRecord> records, int batchRecords)
    {
        foreach (var batch in records.Chunk(batchRecords)) log.Append(batch);
    }

    private static List<OutgoingRecord> Written(KafkaLog log, string topic)
    {
        using var consumer = log.Join($"limit-{topic}", "0", [topic]);
        var written = new List<OutgoingRecord>();
        while (consumer.Poll(CopyBatch, TimeSpan.FromSeconds(1), CancellationToken.None) is { Count: > 0 } records)
        {
            written.AddRange(records.Where(r => r.Partition == 0).Select(r => new OutgoingRecord
            {
                Topic = r.Topic,
                Key = r.Key,
                Partition = (int)(r.Offset % log.Partitions(topic)),
                Value = r.Value,
                Headers = r.Headers,
            }));
        }

        return written;
    }

    private static Row Streams(TestBroker broker, long fed)
    {
        broker.CreateTopic("timeline.peer", 4);
        broker.CreateTopic("windows.peer", 4);
        var kafka = Environment.GetEnvironmentVariable("TPPO_TEST_KAFKA")!;
        var jars = string.Join(':', PeerJars.Select(j => Path.Combine(kafka, j)));
        using var java = Process.Start(new ProcessStartInfo("java", [
            "-Xmx1g", "-cp", jars, "StreamsPeer", "run", "--bootstrap", broker.BootstrapServers, "--stop-at", fed.ToString(CultureInfo.InvariantCulture),
            "--query-field", "text", "--commit-ms", "1000",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = java.StandardError.ReadToEndAsync();
        var line = java.StandardOutput.ReadToEnd().Trim().Split('\n')[^1];
        java.WaitForExit();
        if (!line.StartsWith('{')) throw new InvalidOperationException($"the Streams peer failed: {error.Result}");
        var result = JsonDocument.Parse(line).RootElement;
        return new Row("streams", result.GetProperty("events_per_second").GetDouble(), double.NaN, $"{result.GetProperty("windows").GetInt64():N0} windows");
    }

    private ServiceContext Context(IEventLog log, TestBroker broker) => new()
    {
        Log = log,
        Settings = settings,
        Artifacts = new ArtifactStore(Path.Combine(broker.Folder, "artifacts")),
        Board = new StageBoard(TimeProvider.System),
        Loggers = NullLoggerFactory.Instance,
    };

    private static KafkaLog Open(TestBroker broker, string client, ILogObserver observer, string prefix = "") => KafkaLog.Open(new KafkaOptions
    {
        BootstrapServers = broker.BootstrapServers,
        Prefix = prefix,
        Client = client,
        StateFolder = Path.Combine(broker.Folder, client),
        Observer = observer,
    });

    private static double Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }

    private sealed record Row(string Way, double Rate, double Cpu, string Detail);
}
