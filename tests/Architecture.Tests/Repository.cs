using System.Text.RegularExpressions;

namespace Tppo.Architecture.Tests;

/// <summary>The working tree that these tests were built from.</summary>
internal static partial class Repository
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<string> ProjectPaths { get; } = [.. Files("*.csproj").Order(StringComparer.Ordinal)];

    public static IReadOnlyList<ProjectFile> Projects { get; } =
        [.. ProjectPaths.Select(p => ProjectFile.Read(Path.GetFileNameWithoutExtension(p), p.Split('/')[0], File.ReadAllText(Path.Combine(Root, p))))];

    /// <summary>Paths from the root, with slashes, of what git would keep.</summary>
    public static IEnumerable<string> Files(string pattern, string folder = "") => Directory
        .EnumerateFiles(Path.Combine(Root, folder), pattern, SearchOption.AllDirectories)
        .Select(f => Path.GetRelativePath(Root, f).Replace('\\', '/'))
        .Where(f => !Ignored().IsMatch(f));

    /// <summary>The C# files of a folder.</summary>
    public static IReadOnlyList<SourceFile> Sources(string folder) =>
        [.. Files("*.cs", folder).Order(StringComparer.Ordinal).Select(f => new SourceFile(f, Text(f)))];

    public static string Text(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "TPPO.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("no TPPO.sln above the tests");
    }

    [GeneratedRegex("(^|/)(bin|obj|artifacts|\\.git)/")]
    private static partial Regex Ignored();
}
