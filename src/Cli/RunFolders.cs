using Tppo.Core;

namespace Tppo.Cli;

/// <summary>Where runs lie when nobody says.</summary>
internal static class RunFolders
{
    private const string DefaultRoot = "tppo-data";

    /// <summary>The folder of the newest run under <c>tppo-data</c>.</summary>
    /// <exception cref="UserException">There is none.</exception>
    public static string Newest()
    {
        var runs = Directory.Exists(DefaultRoot) ? new DirectoryInfo(DefaultRoot).GetFiles("run.json", SearchOption.AllDirectories) : [];
        return runs.OrderByDescending(f => f.LastWriteTimeUtc).FirstOrDefault()?.DirectoryName
            ?? throw new UserException($"{DefaultRoot}: expected a run, found none; give --data");
    }
}
