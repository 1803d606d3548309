using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tppo.Core;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Facts;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Forms;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Learning.Native;
using Tppo.Streaming.Log;

namespace Tppo.Cli.Generate;

/// <summary><c>tppo generate</c>: what a model thinks that somebody searches next.</summary>
internal static class GenerateCommand
{
    private const int TokensDefault = 40, SamplesDefault = 4;

    public static Command Create()
    {
        var model = new Option<DirectoryInfo?>("--model") { Description = "A model's folder: a checkpoint, or a pretrained model." };
        var data = new Option<DirectoryInfo?>("--data") { Description = "A run's data folder: its newest policy, each word coloured by its reward model." };
        var history = new Option<string?>("--history") { Description = "Searches, the oldest first, with semicolons between.", HelpName = "A;B;…" };
        var user = new Option<string?>("--user") { Description = "Somebody of the run, by the name on its topics: the newest window's history." };
        var samples = Options.Whole<int>("--samples");
        samples.Description = $"How many responses. Default {SamplesDefault}.";
        var tokens = Options.Whole<int>("--tokens");
        tokens.Description = $"Most tokens of one. Default {TokensDefault}.";
        var temperature = Options.Number("--temperature");
        temperature.Description = "0.01 to 10. Default 1.";
        var seed = Options.Whole<long>("--seed");
        seed.Description = "Of the drawing. Default 1.";
        var command = new Command("generate", "Queries that a model thinks somebody will search next, a line each.")
        {
            model, data, history, user, samples, tokens, temperature, seed,
        };
        var logs = new LogOptions();
        logs.AddTo(command);
        command.SetAction(parsed =>
        {
            if ((parsed.GetValue(model) is null) == (parsed.GetValue(data) is null))
                throw new UserException("generate: expected --model FOLDER or --data DIR");
            if ((parsed.GetValue(history) is null) == (parsed.GetValue(user) is null))
                throw new UserException("generate: expected --history \"A;B\" or --user NAME");
            var drawing = new Drawing(
                Within("--samples", parsed.GetValue(samples) ?? SamplesDefault, 1, 1000),
                Within("--tokens", parsed.GetValue(tokens) ?? TokensDefault, 1, 1000),
                Within("--temperature", parsed.GetValue(temperature) ?? 1, 0.01, 10),
                parsed.GetValue(seed) ?? 1);
            var settings = new RunSettings();
            TorchRuntime.Start(settings.Numerics, settings.Threads);
            if (parsed.GetValue(model) is { } folder)
            {
                if (parsed.GetValue(user) is not null) throw new UserException("--user: expected --data with it, found --model");
                Show(Generation.Of(folder.FullName, null, Searches(parsed.GetValue(history)!), drawing));
                return Exit.Done;
            }

            var run = new RunFolder(parsed.GetValue(data)!.FullName);
            using var log = logs.Read(parsed, run).Open();
            var events = parsed.GetValue(user) is { } name ? HistoryOf(log, name) : Searches(parsed.GetValue(history)!);
            var (policy, reward) = NewestOf(log, run);
            Show(Generation.Of(policy, reward, events, drawing));
            return Exit.Done;
        });
        return command;
    }

    private static T Within<T>(string name, T value, T least, T most)
        where T : IComparable<T> => value.CompareTo(least) >= 0 && value.CompareTo(most) <= 0
            ? value
            : throw new UserException(string.Create(CultureInfo.InvariantCulture, $"{name}: expected {least} to {most}, found {value}"));

    private static List<HistoryEvent> Searches(string text)
    {
        List<HistoryEvent> searches =
        [
            .. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select((search, i) => new HistoryEvent(EventType.Search, DateTime.UnixEpoch.AddMinutes(i), QueryText.Collapse(search), "")),
        ];
        return searches.Count > 0 ? searches : throw new UserException("--history: expected one search or more, found none");
    }

    private static IReadOnlyList<HistoryEvent> HistoryOf(IEventLog log, string user)
    {
        var newest = new TopicTail(log, Topics.Windows).Read().LastOrDefault(r => r.Key == user && RecordForm.Fault(r) is null);
        return newest is null
            ? throw new UserException($"--user {Printable.Short(user)}: expected somebody who has a window, found nobody")
            : WindowJson.Read(newest.Value).History;
    }

    // Of the first fold; a reward model is there from the middle of a run on.
    private static (string Policy, string? Reward) NewestOf(IEventLog log, RunFolder run)
    {
        var models = new ModelLog(log);
        models.Refresh();
        var policy = models.Checkpoints.LastOrDefault(c => c.Model == c.Fold.Model(ModelFamilies.Policy) && c.Fold.Index == 0)
            ?? throw new UserException($"{run.Path}: expected a policy, found none yet");
        var reward = models.Newest(policy.Fold.Model(ModelFamilies.Reward));
        return (Folder(policy), reward is null ? null : Folder(reward));

        string Folder(CheckpointProduced made)
        {
            var store = new ArtifactStore(run.Checkpoints);
            return store.Damage(made.Checkpoint) is { } damage ? throw new UserException(damage) : store.Folder(made.Checkpoint);
        }
    }

    private static void Show(IEnumerable<IReadOnlyList<ScoredWord>> responses)
    {
        foreach (var words in responses) AnsiConsole.MarkupLine(ColouredWords.Markup(words));
    }
}
