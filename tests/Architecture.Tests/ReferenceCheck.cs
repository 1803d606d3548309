namespace Tppo.Architecture.Tests;

/// <summary>Compares the projects of the tree with the table, both ways.</summary>
internal static class ReferenceCheck
{
    /// <summary>One line for every difference.</summary>
    public static IReadOnlyList<string> Differences(IReadOnlyList<ProjectFile> projects)
    {
        var rules = ReferenceGraph.Source.Select(r => (Area: "src", Rule: r)).Concat(ReferenceGraph.Tests.Select(r => (Area: "tests", Rule: r)))
            .Concat(ReferenceGraph.Bench.Select(r => (Area: "bench", Rule: r))).ToList();
        var found = new List<string>();
        foreach (var (area, rule) in rules)
        {
            var project = projects.SingleOrDefault(p => p.Area == area && p.Name == rule.Project);
            if (project is null) found.Add($"{area}/{rule.Project}: in the table, not in the tree");
            else found.AddRange(Compare(project, rule));
        }

        found.AddRange(
            projects.Where(p => !rules.Exists(r => r.Area == p.Area && r.Rule.Project == p.Name)).Select(
                p => $"{p.Area}/{p.Name}: in the tree, not in the table"));
        return found;
    }

    private static IEnumerable<string> Compare(ProjectFile project, Rule rule)
    {
        var packages = project.Packages.Select(p => p.Name).ToList();
        var lines = project.Projects.Except(rule.Projects).Select(p => $"refers to {p}, which is not allowed")
            .Concat(rule.Projects.Except(project.Projects).Select(p => $"refers no more to {p}, which the table has"))
            .Concat(packages.Except(rule.Packages).Except(rule.MayUse).Select(p => $"uses the package {p}, which is not allowed"))
            .Concat(rule.Packages.Except(packages).Select(p => $"uses the package {p} no more, which the table has"))
            .Concat(project.Packages.Where(p => project.Area == "src" && IsOpen(p)).Select(p => $"lets the package {p.Name} through to who refers to it"));
        return lines.Select(l => $"{project.Area}/{project.Name}: {l}");
    }

    private static bool IsOpen(PackageUse package) =>
        ReferenceGraph.Walled.Contains(package.Name) && !package.PrivateAssets.Split(';').Any(a => a.Trim() is "compile" or "all");
}
