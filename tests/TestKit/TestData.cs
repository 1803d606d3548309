namespace Tppo.TestKit;

/// <summary>
/// Event files of others that the repository does not hold: in the folder that <c>TPPO_TEST_DATA</c> names, else in
/// <c>../shared/data</c> beside the working tree.
/// </summary>
public static class TestData
{
    private const string FolderVariable = "TPPO_TEST_DATA";

    /// <summary>Where a file lies, or would.</summary>
    public static string PathOf(string file)
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        return Path.GetFullPath(Path.Combine(string.IsNullOrEmpty(folder) ? Path.Combine(WorkingTree.Root, "../shared/data") : folder, file));
    }

    /// <summary>What a test says that is skipped without it.</summary>
    public static string HowTo(string file) => $"needs {file}: set {FolderVariable} to the folder that holds it, e.g. ../shared/data";
}
