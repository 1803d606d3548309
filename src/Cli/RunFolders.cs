using Tppo.Core;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Runs;

namespace Tppo.Cli;

/// <summary>Where runs lie when nobody says.</summary>
internal static class RunFolders
{
    private const string DefaultRoot = "tppo-data";

    /// <summary>The folder of the newest run under <c>tppo-data</c>.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static string Newest() => NewestOrNone() ?? throw new UserException($"{DefaultRoot}: expected a run, found none; give --data");

    /// <summary>The same; null where there is none.</summary>
    public static string? NewestOrNone()
    {
        var runs = Directory.Exists(DefaultRoot) ? new DirectoryInfo(DefaultRoot).GetFiles("run.json", SearchOption.AllDirectories) : [];
        return runs.OrderByDescending(f => f.LastWriteTimeUtc).FirstOrDefault()?.DirectoryName;
    }

    /// <summary>
    /// The checkpoints that a run has left in a folder; null where it has left them elsewhere: a folder that only the log was copied
    /// into, or of a service that makes none.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="hasTheLog">Whether the run's log lies in it too: then its checkpoints do, and none of them may be gone.</param>
    public static ArtifactStore? CheckpointsOf(RunFolder folder, bool hasTheLog)
    {
        var store = new ArtifactStore(folder.Checkpoints);
        return (hasTheLog && Directory.Exists(store.Root)) || store.Names().Count > 0 ? store : null;
    }
}
