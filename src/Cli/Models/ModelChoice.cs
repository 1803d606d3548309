using System.CommandLine;
using Tppo.Core;
using Tppo.Core.Text;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;

namespace Tppo.Cli.Models;

/// <summary>Which model a command works on: a folder, or a checkpoint of a run by its name.</summary>
internal sealed class ModelChoice
{
    private readonly Argument<string> model = new("model")
    {
        Description = "A model's folder, or a run's checkpoint: policy, or policy/8 for one of its versions (tppo models list).",
    };

    private readonly Option<DirectoryInfo?> data = new("--data") { Description = "The run's data folder. Default: the newest run under tppo-data." };
    private readonly LogOptions logs = new();

    /// <summary>Adds it to a command.</summary>
    public void AddTo(Command command)
    {
        command.Arguments.Add(model);
        command.Options.Add(data);
        logs.AddTo(command);
    }

    /// <summary>The folder.</summary>
    /// <exception cref="UserException">There is none, or the checkpoint is damaged.</exception>
    public string Folder(ParseResult parsed)
    {
        var name = parsed.GetValue(model)!;
        if (Directory.Exists(name)) return Path.GetFullPath(name);
        var run = parsed.GetValue(data)?.FullName ?? RunFolders.NewestOrNone()
            ?? throw new UserException($"{Printable.Short(name)}: expected a folder, or a run's checkpoint and --data with it, found neither");
        var folder = new RunFolder(run);
        using var log = logs.Read(parsed, folder).Open();
        var models = new ModelLog(log);
        models.Refresh();
        var parts = name.Split('/');
        var isVersion = int.TryParse(parts[^1], System.Globalization.NumberStyles.None, null, out var version);
        var found = parts.Length == 1 ? models.Newest(name) : parts.Length == 2 && isVersion ? models.Find(parts[0], version) : null;
        if (found is null) throw new UserException($"{Printable.Short(name)}: expected a folder, or a checkpoint of {folder.Path}, found neither");
        var store = new ArtifactStore(folder.Checkpoints);
        return store.Damage(found.Checkpoint) is { } damage ? throw new UserException(damage) : store.Folder(found.Checkpoint);
    }

    /// <summary>What comes of opening somebody's folder; what is wrong with it is told in a line.</summary>
    /// <exception cref="UserException">It cannot be used.</exception>
    public static T Opened<T>(string path, Func<T> open)
    {
        try
        {
            return open();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UserException($"{(e as FileNotFoundException)?.FileName ?? path}: no such file", e);
        }
        catch (Exception e) when (e is InvalidDataException or UnauthorizedAccessException)
        {
            throw new UserException(e.Message, e);
        }
    }
}
