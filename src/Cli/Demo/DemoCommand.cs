using System.CommandLine;
using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;
using Tppo.Ingest.Import;

namespace Tppo.Cli.Demo;

/// <summary><c>tppo demo</c>: the five services in one process, from events to a trained policy and a report.</summary>
internal static class DemoCommand
{
    public static Command Create()
    {
        var events = new Option<FileInfo?>("--events")
        {
            Description = "A file of events (TSV user ts type text url, or JSONL; plain or gzip) in place of the search world.",
        };
        var seed = Options.Whole("--seed", 1L);
        seed.Description = "Seed of everything that is drawn.";
        var size = new Option<string>("--size")
        {
            Description = "tiny (seconds, for tests), small, or full (four times small's users, windows and labels).",
            DefaultValueFactory = _ => "small",
        };
        size.AcceptOnlyFromAmong([.. DemoSizes.Names]);
        var minutes = Options.Number("--minutes");
        minutes.Description = "Pick counts for about so many minutes on two cores, before the start.";
        var data = new Option<DirectoryInfo?>("--data") { Description = "The data folder. Default: tppo-data/ and a name made of the settings." };
        var json = new Option<string?>("--json")
        {
            Description = "Also write the figures as JSON: into a file, a pipe or a device; - is standard output.",
            HelpName = "FILE",
        };
        var shuffled = new Option<bool>("--shuffle-labels")
        {
            Description = "A control: deal the judge's labels out at random, so that nothing can be learned from them.",
        };
        var verbose = new Option<bool>("--verbose") { Description = "Also print the count of live tensors at the end of each stage." };
        var command = new Command("demo", "From events to a trained policy, with a table and a report at the end. The same command goes on where it stopped.")
        {
            events, seed, size, minutes, data, json, shuffled, verbose,
        };
        var logs = new LogOptions();
        logs.AddTo(command);
        var judges = new JudgeOptions();
        judges.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(seed) < 0) throw new UserException($"--seed: expected 0 or more, found {parsed.GetValue(seed)}");
            if (parsed.GetValue(minutes) is { } m && !(m >= 1)) throw new UserException($"--minutes: expected 1 or more, found {m}");
            if (parsed.GetValue(json) is { } output) OutputFile.Check(json.Name, output);
            using var source = Source(parsed.GetValue(events));
            var settings = source is FileImport file
                ? DemoSizes.File(parsed.GetValue(size)!, parsed.GetValue(seed), parsed.GetValue(minutes), parsed.GetValue(events)!.FullName, file.Sha256)
                : DemoSizes.World(parsed.GetValue(size)!, parsed.GetValue(seed), parsed.GetValue(minutes));
            settings = settings with
            {
                Labels = settings.Labels with { Shuffled = parsed.GetValue(shuffled) },
                Judge = judges.Settings(parsed, settings.Judge),
            };
            var judge = judges.Access(parsed, settings.Judge, isAsked: true);
            (source as FileImport)?.RequireWindow(settings.Input.Path, settings.Windows);
            var chosen = logs.Read(parsed, folder: null);
            var folder = new RunFolder(parsed.GetValue(data)?.FullName ?? Path.Combine("tppo-data", DefaultName(settings, parsed.GetValue(size)!, chosen)));
            return new DemoRun(folder, chosen with { Folder = folder }, settings, judge, source, parsed.GetValue(json), parsed.GetValue(verbose)).Run();
        });
        return command;
    }

    private static FileImport? Source(FileInfo? events) => events is null ? null : FileImport.Open(events.FullName);

    private static string DefaultName(RunSettings settings, string size, LogChoice log)
    {
        var input = settings.Input.Kind == InputKind.World ? "world" : settings.Input.Sha256[..8];
        var place = (log.Kafka is null ? "" : "-kafka") + log.Prefix?.TrimEnd('.').Insert(0, "-");
        return FormattableString.Invariant($"{input}-{size}-seed{settings.Seed}-{RunSettingsJson.Hash(settings)[..8]}{place}");
    }
}
