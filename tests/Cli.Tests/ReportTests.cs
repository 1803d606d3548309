using System.Text.RegularExpressions;
using Tppo.Cli.Demo;
using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Runs;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Training;
using Tppo.Streaming.Embedded;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

public sealed partial class ReportTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_report_asks_nobody_for_anything()
    {
        var page = Page();
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("url(", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("@import", page, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(References().Matches(page));
    }

    [Fact]
    public void What_people_wrote_stands_in_the_report_as_text()
    {
        var page = Page();
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
        Assert.Contains("&lt;b&gt;boots&lt;/b&gt;", page, StringComparison.Ordinal);
        Assert.Contains(">&lt;img<", page, StringComparison.Ordinal);
        Assert.Contains("&lt;i&gt;.tsv", page, StringComparison.Ordinal);
        foreach (var tag in new[] { "<script", "<img", "<b>boots", "<i>" }) Assert.DoesNotContain(tag, page, StringComparison.Ordinal);
    }

    [Fact]
    public void Curves_of_checkpoints_stand_in_it_as_drawings_with_a_line_each()
    {
        var page = Page();
        Assert.Contains("SFT loss", page, StringComparison.Ordinal);
        var drawing = page[page.IndexOf("<svg", StringComparison.Ordinal)..page.IndexOf("</svg>", StringComparison.Ordinal)];
        Assert.Matches("<(polyline|path)[^>]+stroke", drawing);
    }

    [Fact]
    public void Words_are_coloured_from_red_to_green_by_their_reward()
    {
        var page = Page();
        Assert.Matches("hsl\\(0 [^>]+>&lt;img<", page);
        Assert.Matches("hsl\\(60 [^>]+>src=x&gt;<", page);
        Assert.Matches("hsl\\(120 [^>]+>\\[bold\\]<", page);
    }

    private string Page()
    {
        var run = new RunFolder(folder.At(Guid.NewGuid().ToString("N")));
        var settings = new RunSettings { Input = new InputSettings { Kind = InputKind.File, Path = "/data/<i>.tsv" } };
        using var log = EmbeddedLog.Open(run.Path, new EmbeddedOptions());
        var artifacts = new ArtifactStore(run.Checkpoints);
        var sft = artifacts.Add(draft =>
        {
            File.WriteAllText(Path.Combine(draft, CheckpointFiles.Weights), "weights");
            Curves.Write(draft, Enumerable.Range(1, 9).Select(i => new StepStats(i, 10, 5.0 / i, 1, 1e-3)));
        });
        log.AppendCheckpoint(settings, ModelFamilies.Policy, sft.Name);
        Report.Write(run, settings, Results.Some, log, artifacts);
        return File.ReadAllText(run.Report);
    }

    [GeneratedRegex("""\b(src|href|action|data)\s*=\s*["'](?!#)""", RegexOptions.IgnoreCase)]
    private static partial Regex References();
}
