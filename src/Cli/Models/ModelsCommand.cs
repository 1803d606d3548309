using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tppo.Core;
using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Tokenizing;

namespace Tppo.Cli.Models;

/// <summary><c>tppo models</c>: the checkpoints of a run, what a model's folder holds, and models for others to read.</summary>
internal static class ModelsCommand
{
    private const int ShownDigits = 12;
    private static readonly string[] Columns = ["model", "version", "checkpoint", "weights", "made from", "folder"];

    public static Command Create() => new("models", "A run's checkpoints, what a model's folder holds, and models for other programs to read.")
    {
        List(),
        Show(),
        Export(),
    };

    private static Command List()
    {
        var data = new Option<DirectoryInfo?>("--data") { Description = "The run's data folder. Default: the newest run under tppo-data." };
        var command = new Command("list", "One row a checkpoint that the log records: a table on a terminal, tab-separated otherwise.") { data };
        var logs = new LogOptions();
        logs.AddTo(command);
        command.SetAction(parsed =>
        {
            var folder = new RunFolder(parsed.GetValue(data)?.FullName ?? RunFolders.Newest());
            using var log = logs.Read(parsed, folder).Open();
            var models = new ModelLog(log);
            models.Refresh();
            var store = new ArtifactStore(folder.Checkpoints);
            var rows = models.Checkpoints.Select(c => Row(c, store)).ToList();
            if (Console.IsOutputRedirected) rows.Prepend(Columns).ToList().ForEach(row => Console.WriteLine(string.Join('\t', row)));
            else Print(rows);
            return Exit.Done;
        });
        return command;
    }

    private static string[] Row(CheckpointProduced c, ArtifactStore store) =>
    [
        c.Model, c.Version.ToString(CultureInfo.InvariantCulture), c.Checkpoint[..ShownDigits], c.WeightsSha256[..ShownDigits],
        string.Join(", ", c.Parents.Select(p => $"{p.Key} {p.Value[..ShownDigits]}")),
        !Directory.Exists(store.Folder(c.Checkpoint)) ? "not here" : store.HasIntact(c.Checkpoint) ? store.Folder(c.Checkpoint) : "damaged",
    ];

    private static void Print(IEnumerable<string[]> rows)
    {
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns(Columns);
        foreach (var row in rows) table.AddRow([.. row.Select(Markup.Escape)]);
        AnsiConsole.Write(table);
    }

    private static Command Show()
    {
        var command = new Command("show", "What a model's folder holds, by its headers: shape, types, adapters, tokenizer. Nothing is loaded.");
        var choice = new ModelChoice();
        choice.AddTo(command);
        command.SetAction(parsed =>
        {
            var folder = choice.Folder(parsed);
            var model = ModelChoice.Opened(folder, () => ModelDescription.Of(folder));
            var s = model.Settings;
            Console.WriteLine($"folder      {folder}");
            foreach (var (of, parameters) in model.Adapters) Console.WriteLine($"adapters    {parameters:N0} weights in {of}");
            if (model.Adapters.Count > 0) Console.WriteLine($"on          {model.Root}");
            Console.WriteLine($"shape       {s.Layers} layers of width {s.Width}, {s.Heads} heads on {s.KeyValueHeads}, feed-forward {s.FeedForward}");
            Console.WriteLine($"vocabulary  {s.Vocabulary:N0}, {(model.Tied ? "tied to the head" : "a head of its own")}");
            Console.WriteLine($"weights     {model.Parameters:N0}: {string.Join(", ", model.Types.Select(t => $"{t.Value / 1e6:F1} MB of {t.Key}"))}");
            Console.WriteLine($"head        {Named(model.Head)}");
            Console.WriteLine($"positions   {s.PromptTokensMax + 1 + s.ResponseTokensMax:N0}");
            Console.WriteLine($"tokenizer   {Tokens(model.Root)}");
            return Exit.Done;
        });
        return command;
    }

    private static string Named(DecoderHead head) => head switch
    {
        DecoderHead.Category => "a category of each token",
        DecoderHead.Value => "a value of each token",
        _ => "none but the next token's",
    };

    private static string Tokens(string folder)
    {
        if (!File.Exists(Path.Combine(folder, CheckpointFiles.Tokenizer)) && !File.Exists(Path.Combine(folder, "tokenizer.model"))) return "none";
        var tokenizer = ModelChoice.Opened(folder, () => Tokenizer.OfFolder(folder));
        return $"{tokenizer.VocabularySize:N0} tokens, {tokenizer.Sha256}";
    }

    private static Command Export()
    {
        var to = new Option<DirectoryInfo>("--to") { Description = "The folder that is written; it must not be there, or be empty.", Required = true };
        var format = Options.OneOf("--format", ExportFormat.Hf);
        format.Description = "hf: whole weights, adapters merged, as the folder is laid out that they came from; "
            + "peft: its adapters alone, with the folder of their base.";
        var command = new Command("export", "Writes a model for other programs: the transformers library, PEFT, vLLM.") { to, format };
        var choice = new ModelChoice();
        choice.AddTo(command);
        command.SetAction(parsed =>
        {
            var target = parsed.GetValue(to)!.FullName;
            if (File.Exists(target) || (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any()))
                throw new UserException($"--to {target}: expected a folder that is not there, or is empty");
            var folder = choice.Folder(parsed);
            var settings = new RunSettings();
            TorchRuntime.Start(settings.Numerics, settings.Threads);
            ModelChoice.Opened(folder, () => WriteWhole(folder, target, parsed.GetValue(format)));
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[green]written[/]  {target}");
            return Exit.Done;
        });
        return command;
    }

    // All of it or nothing: beside its place first.
    private static bool WriteWhole(string folder, string target, ExportFormat format)
    {
        var beside = FormattableString.Invariant($"{target.TrimEnd(Path.DirectorySeparatorChar)}.{Environment.ProcessId}.tmp");
        try
        {
            Write(folder, beside, format);
            if (Directory.Exists(target)) Directory.Delete(target);
            Directory.Move(beside, target);
            return true;
        }
        finally
        {
            if (Directory.Exists(beside)) Directory.Delete(beside, recursive: true);
        }
    }

    private static void Write(string folder, string target, ExportFormat format)
    {
        var description = ModelDescription.Of(folder);
        if (format == ExportFormat.Peft)
        {
            if (description.Adapters.Count == 0) throw new UserException($"--format peft: {folder}: expected adapters, found whole weights");
            ModelFolder.WriteAdapters(target, folder);
            return;
        }

        using var model = ModelFolder.Read(folder, description.Head);
        ModelFolder.WriteLike(target, model, folder);
    }
}
