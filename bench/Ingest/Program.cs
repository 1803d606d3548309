using System.Globalization;
using Tppo.Core.Log;
using Tppo.Ingest;
using Tppo.Ingest.Bench;

const string Help = """
    How fast Ingest is, beside what bounds it. Each row is measured on data of its own, in one run, one after the other; what
    was written goes in the end. Ratios hold from machine to machine, seconds do not.

      dotnet run -c Release --project bench/Ingest [people, default 4800]          on the embedded log
        import     the search world becomes records on the four event topics
        sequence   and window: those records become timeline.v1 and windows.v1, both workers at once
        pipeline   all three at once, as `tppo demo` runs them
        append     under each its limit: the same records appended to the same backend in batches, with no work done on them

      dotnet run -c Release --project bench/Ingest -- kafka [people, default 4800] [rounds, default 3]
        on a real broker of its own (TPPO_TEST_KAFKA: a folder with Kafka's `broker` script), over the same four topics:
        plain      Confluent.Kafka's consumer, which only counts
        ours       sequencer and windower, exactly-once
        streams    the same job in Kafka Streams, exactly-once, a commit every second
        limit      a quarter of ours' outputs, written once more with no work done on them and nothing read
    """;
var onKafka = args is ["kafka", ..];
var numbers = new List<int>();
foreach (var arg in onKafka ? args[1..] : args)
{
    if (int.TryParse(arg, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
    {
        numbers.Add(number);
        continue;
    }

    Console.WriteLine(Help);
    return arg is "--help" or "-h" ? 0 : 2;
}

var people = numbers.Count > 0 ? numbers[0] : 4800;
if (onKafka)
{
    new KafkaBench(people).Run(rounds: numbers.Count > 1 ? numbers[1] : 3);
    return 0;
}

var folder = Directory.CreateTempSubdirectory("tppo-bench-");
try
{
    var bench = new IngestBench(folder.FullName, people);
    bench.Import(); // warms up: the first pass pays for compilation
    Measured[] stages = [bench.Import(), bench.SequenceAndWindow(), bench.Pipeline()];
    string[] derived = [Topics.Timeline, Topics.Windows];
    Measured[] limits =
    [
        bench.Append("append-events", [.. EventTopics.All]),
        bench.Append("append-derived", derived),
        bench.Append("append-all", [.. EventTopics.All, .. derived]),
    ];
    Console.WriteLine("stage              events  seconds  events/s  CPU s   of the limit: events/s  of CPU s");
    foreach (var (stage, limit) in stages.Zip(limits))
    {
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{stage}   {stage.EventsPerSecond / limit.EventsPerSecond,23:P0} {limit.CpuSeconds / stage.CpuSeconds,9:P0}"));
        Console.WriteLine(limit);
    }

    return 0;
}
finally
{
    folder.Delete(recursive: true);
}
