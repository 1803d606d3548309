using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Tppo.Architecture.Tests;

public partial class TreeTests
{
    private const int LinesMax = 300;

    [Fact]
    public void Every_project_of_the_tree_is_in_the_solution_and_every_one_of_the_solution_in_the_tree() =>
        Assert.Equal(
            Repository.ProjectPaths,
            SolutionProject().Matches(Repository.Text("TPPO.sln")).Select(m => m.Groups[1].Value.Replace('\\', '/')).Order(StringComparer.Ordinal));

    [Fact]
    public void No_project_or_folder_is_named_after_nothing_in_particular()
    {
        string[] banned = ["Utils", "Utilities", "Helpers", "Helper", "Common", "Shared", "Misc"];
        var names = Repository.ProjectPaths.Select(p => Path.GetFileNameWithoutExtension(p)!).Concat(Sources().SelectMany(f => f.Split('/').SkipLast(1)));
        Assert.DoesNotContain(names, n => n.Split('.').Intersect(banned, StringComparer.OrdinalIgnoreCase).Any());
    }

    [Fact]
    public void No_source_file_is_past_three_hundred_lines() =>
        Assert.All(Sources(), f => Assert.True(File.ReadLines(Path.Combine(Repository.Root, f)).Count() <= LinesMax, f));

    [Fact]
    public void Nothing_is_left_for_later_in_the_source() => Assert.DoesNotContain(Sources(), f => Unfinished().IsMatch(Repository.Text(f)));

    [Theory]
    [InlineData("Core")]
    [InlineData("Learning")]
    public void Banned_symbols_are_wired_in(string name)
    {
        var project = Repository.Projects.Single(p => p.Area == "src" && p.Name == name);
        Assert.Contains("../../BannedSymbols.txt", project.AdditionalFiles);
        Assert.Equal("all", Assert.Single(project.Packages, p => p.Name == "Microsoft.CodeAnalysis.BannedApiAnalyzers").PrivateAssets);
        Assert.DoesNotContain(Sources(name), f => Repository.Text(f).Contains("#pragma warning disable RS0030", StringComparison.Ordinal));
    }

    [Fact]
    public void The_banned_symbols_are_clock_chance_console_and_collection()
    {
        var banned = Repository.Text("BannedSymbols.txt").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(';', 2)).ToList();
        Assert.All(banned, b => Assert.True(b.Length == 2 && b[1].Length > 10, $"{b[0]} has no reason"));
        string[] symbols = ["P:System.DateTime.UtcNow", "T:System.Random", "M:System.Guid.NewGuid", "T:System.Console", "M:System.GC.Collect"];
        Assert.Empty(symbols.Except(banned.Select(b => b[0])));
    }

    [Fact]
    public void Learning_and_Hosting_do_not_know_each_other()
    {
        Assert.DoesNotContain(Sources("Hosting"), f => Mentions(f, "Learning"));
        Assert.DoesNotContain(Sources("Learning"), f => Mentions(f, "Hosting"));
    }

    [Fact]
    public void No_service_knows_another()
    {
        foreach (var service in ReferenceGraph.Services)
        {
            foreach (var other in ReferenceGraph.Services.Where(o => o != service)) Assert.DoesNotContain(Sources(service), f => Mentions(f, other));
        }
    }

    [Fact]
    public void Warnings_are_errors_and_nothing_in_a_project_turns_that_off()
    {
        Assert.Equal("true", Assert.Single(XDocument.Parse(Repository.Text("Directory.Build.props")).Descendants("TreatWarningsAsErrors")).Value);
        foreach (var path in Repository.ProjectPaths)
        {
            var xml = XDocument.Parse(Repository.Text(path));
            Assert.DoesNotContain(xml.Descendants(), e => e.Name.LocalName is "TreatWarningsAsErrors" or "WarningsNotAsErrors" or "Nullable");
            Assert.DoesNotContain(xml.Descendants("PackageReference"), p => p.Attribute("Version") is not null);
        }
    }

    private static IEnumerable<string> Sources(string project = "") => Repository.Files("*.cs", Path.Combine("src", project));

    private static bool Mentions(string file, string project) => Regex.IsMatch(Repository.Text(file), $@"\bTppo\.{project}\b");

    [GeneratedRegex("\"([^\"]+\\.csproj)\"")]
    private static partial Regex SolutionProject();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|NotImplementedException)\b")]
    private static partial Regex Unfinished();
}
