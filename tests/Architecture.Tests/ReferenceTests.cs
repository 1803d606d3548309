using System.Xml.Linq;

namespace Tppo.Architecture.Tests;

public class ReferenceTests
{
    private static readonly string[] House = [.. ReferenceGraph.Libraries, "JudgeServer", "Replay", .. ReferenceGraph.Services, "Cli"];

    [Fact]
    public void The_tree_refers_as_the_table_says_and_the_table_says_no_more() => Assert.Empty(ReferenceCheck.Differences(Repository.Projects));

    [Theory]
    [InlineData("src", "Ingest", "ProjectReference", "../Labeler/Labeler.csproj", "src/Ingest: refers to Labeler, which is not allowed")]
    [InlineData("src", "Learning", "ProjectReference", "../Hosting/Hosting.csproj", "src/Learning: refers to Hosting, which is not allowed")]
    [InlineData("src", "Hosting", "ProjectReference", "..\\Learning\\Learning.csproj", "src/Hosting: refers to Learning, which is not allowed")]
    [InlineData("src", "Core", "ProjectReference", "../Streaming/Streaming.csproj", "src/Core: refers to Streaming, which is not allowed")]
    [InlineData("src", "Core", "PackageReference", "TorchSharp", "src/Core: uses the package TorchSharp, which is not allowed")]
    [InlineData("src", "Facts", "ProjectReference", "../Learning/Learning.csproj", "src/Facts: refers to Learning, which is not allowed")]
    [InlineData("src", "Steps", "ProjectReference", "../Hosting/Hosting.csproj", "src/Steps: refers to Hosting, which is not allowed")]
    [InlineData("src", "Replay", "ProjectReference", "../PolicyTrainer/PolicyTrainer.csproj", "src/Replay: refers to PolicyTrainer, which is not allowed")]
    [InlineData("src", "Streaming", "ProjectReference", "../Facts/Facts.csproj", "src/Streaming: refers to Facts, which is not allowed")]
    [InlineData("src", "Labeler", "PackageReference", "TorchSharp", "src/Labeler: uses the package TorchSharp, which is not allowed")]
    [InlineData("src", "Cli", "PackageReference", "RocksDB", "src/Cli: uses the package RocksDB, which is not allowed")]
    [InlineData("tests", "Core.Tests", "ProjectReference", "../../src/Learning/Learning.csproj", "tests/Core.Tests: refers to Learning, which is not allowed")]
    public void A_planted_reference_is_reported(string area, string project, string kind, string include, string expected) =>
        Assert.Contains(expected, ReferenceCheck.Differences(Planted(area, project, xml =>
            xml.Root!.Add(new XElement("ItemGroup", new XElement(kind, new XAttribute("Include", include)))))));

    [Fact]
    public void A_wall_that_was_taken_down_is_reported() =>
        Assert.Equal(
            ["src/Streaming: lets the package RocksDB through to who refers to it"],
            ReferenceCheck.Differences(Planted("src", "Streaming", xml =>
                xml.Descendants("PackageReference").Single(p => p.Attribute("Include")!.Value == "RocksDB").Attribute("PrivateAssets")!.Remove())));

    [Fact]
    public void A_reference_that_went_is_reported() =>
        Assert.Equal(
            ["src/Cli: refers no more to Evaluator, which the table has"],
            ReferenceCheck.Differences(Planted("src", "Cli", xml =>
                xml.Descendants("ProjectReference").Single(p => p.Attribute("Include")!.Value.Contains("Evaluator", StringComparison.Ordinal)).Remove())));

    [Fact]
    public void A_project_that_came_or_went_is_reported()
    {
        var came = ProjectFile.Read("Utils", "src", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        Assert.Equal(["src/Utils: in the tree, not in the table"], ReferenceCheck.Differences([.. Repository.Projects, came]));
        var without = Repository.Projects.Where(p => p.Name != "RewardTrainer").ToList();
        Assert.Equal(["src/RewardTrainer: in the table, not in the tree"], ReferenceCheck.Differences(without));
    }

    [Fact]
    public void The_table_itself_keeps_the_rules_of_the_house()
    {
        var rules = ReferenceGraph.Source.ToDictionary(r => r.Project);
        Assert.Empty(rules["Core"].Projects);
        // Facts are readable without a model and a model without the log; a step of training, without a host.
        Assert.Equal(House, House.Where(rules.ContainsKey));
        Assert.Equal(House.Length, rules.Count);
        Assert.DoesNotContain("Learning", rules["Facts"].Projects);
        Assert.DoesNotContain("Hosting", rules["Steps"].Projects);
        Assert.DoesNotContain("Learning", rules["Hosting"].Projects);
        Assert.Equal(["Core"], rules["Learning"].Projects);
        Assert.Empty(rules["Replay"].Projects.Except(ReferenceGraph.Libraries));
        Assert.All(ReferenceGraph.Services, s => Assert.Empty(rules[s].Projects.Except([.. ReferenceGraph.Libraries, "Replay"])));
        Assert.All(ReferenceGraph.Libraries, l => Assert.Empty(rules[l].Projects.Except(ReferenceGraph.Libraries)));
        Assert.All(
            rules.Values.Where(r => r.Project is not ("Streaming" or "JudgeServer")), r => Assert.Empty(r.Packages.Intersect(ReferenceGraph.Walled)));
        Assert.Equal(["LLamaSharp"], rules["JudgeServer"].Packages.Intersect(ReferenceGraph.Walled));
    }

    [Fact]
    public void Every_arrow_is_written_down_because_none_arrives_through_another_project()
    {
        var properties = XDocument.Parse(Repository.Text("Directory.Build.props"));
        Assert.Equal("true", Assert.Single(properties.Descendants("DisableTransitiveProjectReferences")).Value);
        Assert.Equal(["xunit.v3"], properties.Descendants("PackageReference").Select(p => p.Attribute("Include")!.Value));
        Assert.Empty(properties.Descendants("ProjectReference"));
    }

    // The projects of the tree, one of them changed.
    private static IReadOnlyList<ProjectFile> Planted(string area, string project, Action<XDocument> change) =>
    [
        .. Repository.ProjectPaths.Select(path =>
        {
            var name = Path.GetFileNameWithoutExtension(path);
            var xml = XDocument.Parse(Repository.Text(path));
            if (path.StartsWith(area + "/", StringComparison.Ordinal) && name == project) change(xml);
            return ProjectFile.Read(name, path.Split('/')[0], xml.ToString());
        }),
    ];
}
