using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tppo.Cli.Demo;
using Tppo.Cli.TopicAdmin;
using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;
using Tppo.Hosting.Progress;
using Tppo.Replay;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;

namespace Tppo.Cli.LogAdmin;

/// <summary><c>tppo log</c>: whether a log and what was made from it are what they were.</summary>
internal static class LogCommand
{
    public static Command Create() => new("log", "Whether a run's log and checkpoints are what they were when they were written.") { Verify(), Repair() };

    private static Command Verify()
    {
        var data = new Option<DirectoryInfo?>("--data") { Description = "The data folder. Default: the newest run under tppo-data." };
        var command = new Command(
            "verify",
            "Reads everything: check sums, order, holes, ids that stand twice, sequence numbers, cuts against their records, checkpoints against "
            + "their names. Exit code 3 where something is wrong, a line for each thing.")
        {
            data,
        };
        var logs = new LogOptions();
        logs.AddTo(command);
        command.SetAction(parsed =>
        {
            var folder = new RunFolder(parsed.GetValue(data)?.FullName ?? RunFolders.Newest());
            using var stopping = new Stopping();
            var faults = OfFolder(folder);
            try
            {
                using var log = logs.Read(parsed, folder).Open();
                Read(log, folder, faults, stopping.Token);
            }
            catch (LogException e)
            {
                faults.Add(e.Message);
            }

            foreach (var fault in faults) Console.Error.WriteLine($"wrong: {fault}");
            Console.Out.WriteLine(faults.Count == 0 ? "nothing is wrong" : $"{faults.Count} things are wrong");
            return faults.Count == 0 ? Exit.Done : Exit.Differs;
        });
        return command;
    }

    private static Command Repair()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The data folder whose log is damaged. It is only read.", Required = true };
        var to = new Option<DirectoryInfo>("--to") { Description = "A folder that is not there yet, for what can be saved.", Required = true };
        var command = new Command(
            "repair",
            "Saves what stands before the damage of a folder's log, and its settings and checkpoints, into another folder, and says what is lost.")
        {
            data, to,
        };
        command.SetAction(parsed =>
        {
            var (from, saved) = (new RunFolder(parsed.GetValue(data)!.FullName), new RunFolder(parsed.GetValue(to)!.FullName));
            var lost = LogRepair.Run(from.Path, saved.Path);
            foreach (var file in new[] { from.RunJson, from.LogName }.Where(File.Exists)) File.Copy(file, Path.Combine(saved.Path, Path.GetFileName(file)));
            if (Directory.Exists(from.Checkpoints)) CopyAll(from.Checkpoints, saved.Checkpoints);
            foreach (var line in lost) Console.Out.WriteLine($"lost: {line}");
            Console.Out.WriteLine(lost.Count == 0 ? $"nothing was damaged; a copy is in {saved.Path}" : $"what stands before the damage is in {saved.Path}");
            return Exit.Done;
        });
        return command;
    }

    private static void CopyAll(string from, string to)
    {
        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
    }

    private static void Read(IEventLog log, RunFolder folder, List<string> faults, CancellationToken cancellation)
    {
        var board = new StageBoard(TimeProvider.System);
        var verifier = new LogVerifier(log, RunFolders.CheckpointsOf(folder, log is EmbeddedLog), board);
        IReadOnlyList<LogVerifier.TopicFigures> figures;
        using (new ProgressView(board, verbose: false, TimeProvider.System))
        {
            if (log is EmbeddedLog embedded) Tables(embedded, board, faults);
            figures = verifier.Verify(TopicsCommand.Table, cancellation);
        }

        faults.AddRange(verifier.Faults);
        if (folder.ReadSettings() is { } settings && RunOnLog.Read(log) is { } onLog
            && RunSettingsJson.Differences(settings, onLog) is [var (key, ours, theirs), ..])
            faults.Add($"{folder.RunJson}: {key}: expected {theirs}, as the log has it, found {ours}");
        Show(figures, verifier);
    }

    private static void Tables(EmbeddedLog log, StageBoard board, List<string> faults)
    {
        using var stage = board.Start("check sums of tables");
        try
        {
            log.VerifyTables();
            stage.Report(1, 1, "all agree");
        }
        catch (LogException e)
        {
            faults.Add(e.Message);
        }
    }

    private static List<string> OfFolder(RunFolder folder)
    {
        var told = new List<string>();
        try
        {
            if (!File.Exists(folder.RunJson)) told.Add($"{folder.RunJson}: expected the run's settings, found no such file");
            _ = folder.ReadSettings();
        }
        catch (UserException e)
        {
            told.Add(e.Message);
        }

        DemoResult.Read(folder, told.Add);
        return told;
    }

    private static void Show(IReadOnlyList<LogVerifier.TopicFigures> figures, LogVerifier verifier)
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("topic", "records", "foreign", "wrong");
        foreach (var column in table.Columns.Skip(1)) column.RightAligned();
        foreach (var topic in figures.Where(t => t.Records > 0 || t.Faults > 0))
            table.AddRow(topic.Topic, Number(topic.Records), Number(topic.Foreign), Number(topic.Faults));
        AnsiConsole.Write(table);
        Console.Out.WriteLine($"{verifier.Cuts} cuts, {verifier.Checkpoints} checkpoints");
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
