using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Ingest.Import;

namespace Tppo.Cli.Inspect;

/// <summary><c>tppo inspect</c>: the pure parts of the services on files, and what stands on a log.</summary>
internal static class InspectCommand
{
    public static Command Create() => new("inspect", "Runs pure parts of the services on files, each line in giving a line out; or looks at a log.")
    {
        Windows(),
        LogTopics.Create(),
        JudgementCommand.Create(),
        ModelCommands.Logits(),
        ModelCommands.Tokens(),
        Lines("advantages", "GAE, whitening, PPO losses with gradients, KL estimators.", AdvantageLines.Compute),
        Lines("shaping", "Token rewards from categories.", ShapingLines.Compute),
        Lines("reward-losses", "The reward model's losses with gradients.", RewardLossLines.Compute),
        Lines("alignment", "Categories of words brought to tokens.", AlignmentLines.Compute),
        Lines("statistics", "Wilson intervals, McNemar, paired t, ROC AUC.", StatisticsLines.Compute),
    };

    private static Command Windows()
    {
        var events = new Option<FileInfo>("--events") { Description = "A file of events.", Required = true };
        var targets = Options.Whole("--targets", 3);
        targets.Description = "Searches in a row that are the target.";
        var history = Options.Whole("--history", 50);
        history.Description = "Most events of history.";
        var newest = new Option<bool>("--newest-only") { Description = "The newest searches of each user only." };
        var command = new Command("windows", "The windows of a file of events as JSON lines; users as in the file.") { events, targets, history, newest };
        command.SetAction(parsed =>
        {
            var settings = new WindowSettings { Targets = parsed.GetValue(targets), HistoryEventsMax = parsed.GetValue(history) };
            RunSettingsJson.Check(new RunSettings { Windows = settings }, "inspect windows");
            using var import = FileImport.Open(parsed.GetValue(events)!.FullName);
            foreach (var bad in import.BadLines.Take(3)) Console.Error.WriteLine($"{parsed.GetValue(events)!.Name}:{bad.Line}: {bad.Cause}");
            if (import.BadLines.Count > 3) Console.Error.WriteLine($"{import.BadLines.Count} lines are no events");
            using var output = Console.OpenStandardOutput();
            foreach (var window in parsed.GetValue(newest) ? Windower.NewestOnly(import.Sorted(), settings) : Windower.Windows(import.Sorted(), settings))
            {
                output.Write(WindowJson.Write(window));
                output.WriteByte((byte)'\n');
            }

            return Exit.Done;
        });
        return command;
    }

    private static Command Lines(string name, string description, Func<JsonElement, JsonNode?> compute)
    {
        var file = new Argument<FileInfo?>("file") { Description = "JSON lines {name, input}. Default: standard input.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command(name, description + " Lines {\"name\",\"input\"} in, {\"name\",\"output\"} out.") { file };
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file);
            if (path is { Exists: false }) throw new UserException($"{path.FullName}: no such file");
            using var reader = path is null ? StandardInput.Open() : path.OpenText();
            for (var number = 1; reader.ReadLine() is { } line; number++)
            {
                if (line.Trim().Length > 0) Console.Out.WriteLine(Answer(line, compute, $"{path?.Name ?? "standard input"}:{number}"));
            }

            return Exit.Done;
        });
        return command;
    }

    private static string Answer(string line, Func<JsonElement, JsonNode?> compute, string where)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var name = json.RootElement.GetProperty("name").GetString();
            return new JsonObject { ["name"] = name, ["output"] = compute(json.RootElement.GetProperty("input")) }.ToJsonString();
        }
        catch (FormatException e)
        {
            throw new UserException($"{where}: {e.Message}", e);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new UserException($"{where}: expected a line {{\"name\", \"input\"}} of this kind, found another: {e.Message}", e);
        }
    }
}
