using System.CommandLine;
using Tppo.Core;
using Tppo.Core.Judging;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;
using Tppo.Hosting.Judges;
using Tppo.Learning.Tokenizing;

namespace Tppo.Cli.Label;

/// <summary><c>tppo label</c>: a judge's labels of one thing, what labelling would cost, and its pause.</summary>
internal static class LabelCommand
{
    public static Command Create()
    {
        var history = new Option<string[]>("--history")
        {
            Description = "What a person searched for, the oldest first.",
            AllowMultipleArgumentsPerToken = true,
            HelpName = "SEARCH…",
        };
        var response = new Option<string?>("--response") { Description = "The queries that are judged, with commas between." };
        var tokenizer = new Option<FileInfo?>("--tokenizer") { Description = "A checkpoint's tokenizer.json: its tokens are printed with their labels." };
        var rollouts = new Option<FileInfo?>("--rollouts")
        {
            Description = "A file with {\"history\":[…],\"response\":\"…\"} a line, or what tppo topics tail rollouts.v1 prints "
                + "(its windows are those of --data).",
        };
        var estimate = new Option<bool>("--estimate") { Description = "What the labels that the log still lacks would take in calls, tokens and dollars." };
        var data = new Option<DirectoryInfo?>("--data") { Description = "A run's data folder." };
        var command = new Command(
            "label", "Has a judge label one response, or many from a file, and prints words and tokens. Exit code 3: an answer was rejected.")
        {
            history, response, tokenizer, rollouts, estimate, data,
        };
        var logs = new LogOptions();
        logs.AddTo(command);
        var judges = new JudgeOptions();
        judges.AddTo(command);
        command.Add(SwitchCommand.Pause());
        command.Add(SwitchCommand.Resume());
        command.SetAction(parsed =>
        {
            var folder = parsed.GetValue(data) is { } given ? new RunFolder(given.FullName) : null;
            var choice = logs.Read(parsed, folder);
            if (parsed.GetValue(estimate)) return EstimatePrinter.Print(choice, run => judges.Settings(parsed, run), judges.Price(parsed));
            var settings = judges.Settings(parsed, new JudgeSettings());
            if (!settings.Kind.IsModel()) throw new UserException("label: expected --judge openai or --judge gguf with --judge-model, found none");
            List<LabelItem> items = parsed.GetValue(rollouts) is { } file
                ? LabelItems.Read(file, choice.Open)
                : [One(parsed.GetValue(history) ?? [], parsed.GetValue(response), parsed.GetValue(tokenizer))];
            return LabelAll(items, settings, judges.Access(parsed, settings, isAsked: true));
        });
        return command;
    }

    private static LabelItem One(string[] searches, string? response, FileInfo? tokenizer)
    {
        if (string.IsNullOrWhiteSpace(response)) throw new UserException("--response: expected the queries that are judged, found none");
        if (searches.Length == 0) throw new UserException("--history: expected one search or more, found none");
        if (tokenizer is { Exists: false }) throw new UserException($"--tokenizer: {tokenizer.FullName}: no such file");
        var trimmed = response.Trim();
        int[]? ends = null;
        if (tokenizer is not null)
        {
            var of = Tokenizer.Load(tokenizer.FullName);
            var end = 0;
            ends = [.. of.Encode(trimmed).Select(id => end += of.Bytes(id).Length)];
        }

        return new LabelItem("response", new JudgeInput(LabelItems.History(searches), trimmed), ends);
    }

    private static int LabelAll(List<LabelItem> items, JudgeSettings settings, JudgeAccess access)
    {
        using var stopping = new Stopping();
        using var judges = new RunJudges(new RunSettings { Judge = settings }, access, TimeProvider.System, Console.Error.WriteLine);
        return new LabelRun(judges.Model(settings.Template), access.Parallel).All(items, stopping.Token) ? Exit.Done : Exit.Differs;
    }
}
