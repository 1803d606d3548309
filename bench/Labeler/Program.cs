using System.Globalization;
using Tppo.Labeler.Bench;

const string Help = """
    How fast the Labeler is, beside what bounds it: a judge over real HTTP, in a process of its own, that takes as long for every answer.

      dotnet run -c Release --project bench/Labeler [labels, default 12800] [milliseconds, default 50] [calls at a time, default 64]

    The ideal is calls at a time / latency; beside it a client that only asks, in the same run. Then what we do for a label besides
    asking, by the part, on one thread.
    """;
var numbers = args.SkipWhile(a => a == "judge")
    .Select(a => int.TryParse(a, NumberStyles.None, CultureInfo.InvariantCulture, out var n) && n > 0 ? n : 0).ToList();
if (numbers.Contains(0))
{
    Console.WriteLine(Help);
    return args[0] is "--help" or "-h" ? 0 : 2;
}

if (args is ["judge", ..])
{
    await SlowJudge.ServeAsync(numbers[0]);
    return 0;
}

await new LabelBench(Number(0, 12_800), Number(1, 50), Number(2, 64)).RunAsync();
OwnWork.Run();
return 0;

int Number(int at, int otherwise) => at < numbers.Count ? numbers[at] : otherwise;
