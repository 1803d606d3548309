namespace Tppo.TestKit;

/// <summary>The working tree that the tests were built in.</summary>
public static class WorkingTree
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TPPO.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("no TPPO.sln above the tests");
    }
}
