using System.Globalization;
using Tppo.Core.Log;
using Tppo.Ingest;
using Tppo.Ingest.Bench;

// How fast Ingest is, beside what the log alone allows:
//   import     the search world becomes records on the four event topics
//   sequence   and window: those records become timeline.v1 and windows.v1, both workers at once
//   pipeline   all three at once, as `tppo demo` runs them
//   append     under each its limit: the same records appended to the same backend in batches, with no work done on them
// Each row is measured on a folder of its own, in one process, one after the other; the folders go in the end.
// Usage: dotnet run -c Release --project bench/Ingest [people, default 4800]
var people = args is [var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 4800;
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
}
finally
{
    folder.Delete(recursive: true);
}
