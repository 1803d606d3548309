using Tppo.Core;
using Tppo.Core.Settings;

namespace Tppo.Facts.Runs;

/// <summary>A data folder: the embedded log, <c>run.json</c> with the run's settings, checkpoints, the report.</summary>
/// <param name="path">The folder.</param>
public sealed class RunFolder(string path)
{
    /// <summary>The log that lies in the folder itself.</summary>
    public const string EmbeddedLogName = "embedded";

    /// <summary>The folder.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The run's settings.</summary>
    public string RunJson => System.IO.Path.Combine(Path, "run.json");

    /// <summary>Names the log that the run is on.</summary>
    public string LogName => System.IO.Path.Combine(Path, "log.txt");

    /// <summary>Local copies of keyed state, where the log is elsewhere.</summary>
    public string KafkaState => System.IO.Path.Combine(Path, "kafka-state");

    /// <summary>Content-addressed checkpoints.</summary>
    public string Checkpoints => System.IO.Path.Combine(Path, "checkpoints");

    /// <summary>What a rebuild makes.</summary>
    public string Rebuilt => System.IO.Path.Combine(Path, "rebuilt");

    /// <summary>The page with curves and samples.</summary>
    public string Report => System.IO.Path.Combine(Path, "report.html");

    /// <summary>The figures of a finished demo.</summary>
    public string Result => System.IO.Path.Combine(Path, "result.json");

    /// <summary>The settings of the run that lives here; null where none does.</summary>
    /// <exception cref="UserException">The file is there and cannot be used.</exception>
    public RunSettings? ReadSettings()
    {
        if (!File.Exists(RunJson)) return null;
        try
        {
            return RunSettingsJson.Read(File.ReadAllText(RunJson), RunJson);
        }
        catch (FormatException e)
        {
            throw new UserException(e.Message, e);
        }
    }

    /// <summary>Takes the folder for a run with these settings on one log: a new folder, or one that holds the same run.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="log">Which log the run is on: <c>embedded</c>, or the name of topics elsewhere.</param>
    /// <exception cref="UserException">It holds another run; the message says what differs.</exception>
    public void Claim(RunSettings settings, string log = EmbeddedLogName)
    {
        if (ReadSettings() is { } present)
        {
            RequireSame(present, settings, Path, "give another --data folder");
            var known = File.Exists(LogName) ? File.ReadAllText(LogName).Trim() : EmbeddedLogName;
            if (known != log) throw new UserException($"{Path}: holds this run on another log: expected {known}, found {log}; give another --data folder");
            return;
        }

        Directory.CreateDirectory(Path);
        if (log != EmbeddedLogName) WriteWhole(LogName, log + "\n");
        WriteWhole(RunJson, RunSettingsJson.Write(settings));
    }

    /// <summary>Refuses settings that are not those of a run that is there.</summary>
    internal static void RequireSame(RunSettings present, RunSettings settings, string where, string remedy)
    {
        var differences = RunSettingsJson.Differences(settings, present);
        if (differences.Count == 0) return;
        var (key, ours, theirs) = differences[0];
        var more = differences.Count > 1 ? $" (and {differences.Count - 1} more: {string.Join(", ", differences.Skip(1).Select(d => d.Key))})" : "";
        throw new UserException($"{where}: holds a run with other settings: {key}: expected {theirs}, found {ours}{more}; {remedy}");
    }

    /// <summary>Writes a file whole or not at all: beside it first, then renamed.</summary>
    public static void WriteWhole(string file, string text)
    {
        var beside = FormattableString.Invariant($"{file}.{Environment.ProcessId}.tmp");
        using (var stream = new FileStream(beside, FileMode.Create, FileAccess.Write))
        {
            stream.Write(System.Text.Encoding.UTF8.GetBytes(text));
            stream.Flush(flushToDisk: true);
        }

        File.Move(beside, file, overwrite: true);
    }
}
