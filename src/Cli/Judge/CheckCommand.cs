using System.CommandLine;
using Tppo.Cli.Demo;
using Tppo.Core;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;
using Tppo.Ingest.Import;

namespace Tppo.Cli.Judge;

/// <summary><c>tppo judge check</c>: a language model as judge, under each template, on people's own next searches and on others'.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var events = new Option<FileInfo?>("--events") { Description = "A file of events in place of the search world." };
        var seed = Options.Whole("--seed", 1L);
        seed.Description = "Seed of the world, and of the choice of pairs and canaries.";
        var size = new Option<string>("--size") { Description = "Size of the search world: tiny, small or full.", DefaultValueFactory = _ => "tiny" };
        size.AcceptOnlyFromAmong([.. DemoSizes.Names]);
        var data = new Option<DirectoryInfo?>("--data")
        {
            Description = "Where windows and answers are kept: a second check there buys nothing again. Default: tppo-data/ and a name made of the input.",
        };
        var pairs = Options.Whole("--pairs", 50);
        pairs.Description = "Pairs of a person's own next searches and another's.";
        var canaries = Options.Whole("--canaries", 12);
        canaries.Description = "Questions with known answers.";
        var templates = new Option<string>("--templates") { Description = "Which templates, with commas between.", DefaultValueFactory = _ => "v1,v2,v3,v4" };
        var command = new Command(
            "check",
            "Asks a judge about people's own next searches and about others', and questions with known answers; prints what it is worth. Exit code 3: nothing.")
        {
            events, seed, size, data, pairs, canaries, templates,
        };
        var judges = new JudgeOptions();
        judges.AddTo(command);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(pairs) < 5) throw new UserException($"--pairs: expected 5 or more, found {parsed.GetValue(pairs)}");
            if (parsed.GetValue(canaries) < 0) throw new UserException($"--canaries: expected 0 or more, found {parsed.GetValue(canaries)}");
            var asked = Templates(parsed.GetValue(templates)!);
            var file = parsed.GetValue(events)?.FullName;
            using var source = file is null ? null : FileImport.Open(file);
            var (s, n) = (parsed.GetValue(size)!, parsed.GetValue(seed));
            var settings = source is null ? DemoSizes.World(s, n, minutes: null) : DemoSizes.File(s, n, minutes: null, file!, source.Sha256);
            var judge = judges.Settings(parsed, settings.Judge);
            if (!judge.Kind.IsModel())
                throw new UserException("judge check: expected --judge openai or gguf and what goes with it (--judge-model, --judge-url), found none");
            var access = judges.Access(parsed, judge, isAsked: true);
            var name = FormattableString.Invariant($"check-{(source is null ? "world" : source.Sha256[..8])}-{s}-seed{n}");
            var folder = new RunFolder(parsed.GetValue(data)?.FullName ?? Path.Combine("tppo-data", name));
            return new CheckRun(folder, settings, judge, access, source).Run(asked, parsed.GetValue(pairs), parsed.GetValue(canaries));
        });
        return command;
    }

    private static List<TemplateName> Templates(string names) =>
        [.. names.Split(',').Select(n => OneName.TryParse<TemplateName>(n.Trim(), out var template)
            ? template
            : throw new UserException($"--templates: expected {OneName.Choices<TemplateName>()}, found '{n.Trim()}'"))];
}
