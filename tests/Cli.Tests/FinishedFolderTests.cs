using System.Text.Json;
using Tppo.Cli.Demo;
using Tppo.Core.Models;
using Tppo.Evaluator;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Runs;
using Tppo.Streaming.Embedded;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

public sealed class FinishedFolderTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void On_a_finished_folder_the_demo_prints_the_same_table_each_time_and_writes_the_figures()
    {
        Finish(Results.Some);
        var first = Demo();
        Assert.Equal((0, ""), (first.Code, first.Error));
        Assert.Contains("62.5 %", first.Output, StringComparison.Ordinal);
        Assert.Contains(Results.Checkpoint, first.Output, StringComparison.Ordinal);
        Assert.Contains("[red] shoes", first.Output, StringComparison.Ordinal);
        Assert.Equal(first.Output, Demo().Output);

        Assert.Equal(0, Demo("--json", folder.At("figures.json")).Code);
        using var json = JsonDocument.Parse(File.ReadAllText(folder.At("figures.json")));
        Assert.Equal(0.625, json.RootElement.GetProperty("tppo").GetProperty("relevance").GetDouble());
    }

    [Fact]
    public void Figures_go_into_the_output_that_was_chosen_and_never_in_its_place()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");
        Finish(Results.Some);
        const string script = """
            set -e; mkdir "$1/out"; cd "$1/out"; demo="$TPPO demo --size tiny --data $1 --json"
            ln -s /dev/full full; code=0; $demo full >/dev/null || code=$?; echo "full $code $(stat -c %F full)"
            mkfifo pipe; cat pipe >got & $demo pipe >/dev/null; wait; echo "pipe $(stat -c %F pipe) $(grep -c checkpoint_sha256 got)"
            echo old >real; chmod 600 real; ln -s real link; $demo link >/dev/null; echo "link $(stat -c %F link) $(stat -c %a real) $(head -c 1 real)"
            head -c 100000 /dev/zero >long; $demo long >/dev/null; echo "long $(tail -c 2 long)"
            ln -s /proc/self/fd/1 out; echo before >file; $demo out >>file; echo "stdout $(stat -c %F out) $(head -1 file) $(grep -c checkpoint_sha256 file)"
            for name in - /dev/stdout; do $demo $name >file; echo "$name $(grep -c checkpoint_sha256 file) $(grep -c 'report  ' file)"; done
            $demo /dev/stdout | grep -c checkpoint_sha256
            """;
        var (code, output, error) = TppoProcess.Shell(script, folder.Path);
        Assert.True(code == 0, error);
        Assert.Equal($"tppo: --json full: No space left on device : '{folder.At("out/full")}'\n", error);
        Assert.Equal(
            """
            full 2 symbolic link
            pipe fifo 1
            link symbolic link 600 {
            long }
            stdout symbolic link before 1
            - 1 1
            /dev/stdout 1 1
            1

            """,
            output);
    }

    [Fact]
    public void A_finished_folder_whose_log_is_gone_is_no_finished_run()
    {
        Finish(Results.Some);
        Directory.Delete(folder.At("db"), recursive: true);
        UsageTests.AssertRefused(Demo(), "CURRENT", "DURABLE");
        File.Delete(folder.At("DURABLE"));
        UsageTests.AssertRefused(Demo(), "result.json", "holds no checkpoint");
    }

    [Fact]
    public void A_checkpoint_that_is_damaged_and_cannot_be_made_again_is_named()
    {
        Finish(Results.Some);
        var weights = Directory.GetFiles(folder.At("checkpoints"), CheckpointFiles.Weights, SearchOption.AllDirectories)[0];
        File.WriteAllText(weights, "other weights");
        var (code, _, error) = Demo();
        var lines = error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((2, 2), (code, lines.Length));
        Assert.All(lines, line => Assert.Contains(weights, line, StringComparison.Ordinal));
        Assert.StartsWith("tppo: ", lines[1], StringComparison.Ordinal);
        Assert.Contains("it cannot be made again: policy: expected windows", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_that_were_taken_away_beside_their_log_are_missed()
    {
        Finish(Results.Some);
        foreach (var checkpoint in Directory.GetDirectories(folder.At("checkpoints"))) Directory.Delete(checkpoint, recursive: true);
        var result = TppoProcess.Run("log", "verify", "--data", folder.Path);
        Assert.Equal(3, result.Code);
        Assert.Contains("expected a checkpoint, found no such folder", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Figures_that_are_not_those_that_were_written_are_not_shown()
    {
        Finish(Results.Some);
        var run = new RunFolder(folder.Path);
        var whole = File.ReadAllText(run.Result);
        foreach (var damaged in new[] { whole.Replace("0.625", "0.725", StringComparison.Ordinal), whole[..^40], "", "null", "{}", "[1]" })
        {
            File.WriteAllText(run.Result, damaged);
            var warnings = new List<string>();
            Assert.Null(DemoResult.Read(run, warnings.Add));
            Assert.StartsWith($"{run.Result}: expected", Assert.Single(warnings), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("seed: expected 1, found 2", "--seed", "2")]
    [InlineData("labels.shuffled", "--shuffle-labels")]
    [InlineData("sft.windows", "--minutes", "1")]
    public void Other_settings_on_that_folder_are_refused_by_the_key_that_differs(string named, params string[] more)
    {
        Finish(Results.Some);
        UsageTests.AssertRefused(Demo(more), named, folder.Path);
    }

    [Fact]
    public void The_figures_have_exactly_the_fields_of_the_format()
    {
        using var json = JsonDocument.Parse(Results.Some.Figures());
        string[] policy = ["relevance", "low", "high", "n", "words", "distinct", "copied", "length", "no_eos", "queries", "malformed"];
        var root = json.RootElement;
        Assert.Equal(
            [
                "seed", "events", "windows", "dead_letters", "judge_auc", "rm_auc_token", "judge_calls", "sft", "tppo", "difference",
                "checkpoint_sha256", "seconds", "peak_rss_mb", "stages",
            ],
            Names(root));
        Assert.Equal(["labels", "updates", "evaluation"], Names(root.GetProperty("judge_calls")));
        Assert.Equal(policy, Names(root.GetProperty("sft")));
        Assert.Equal(policy, Names(root.GetProperty("tppo")));
        Assert.Equal(["mean", "low", "high"], Names(root.GetProperty("difference")));
        var stages = root.GetProperty("stages").EnumerateArray().ToList();
        Assert.Equal(["name", "seconds", "events_per_second"], Names(stages[0]));
        Assert.Equal(["name", "seconds", "tokens_per_second"], Names(stages[1]));
        Assert.Equal(["name", "seconds"], Names(stages[2]));
        Assert.Equal(JsonValueKind.Null, root.GetProperty("judge_auc").ValueKind);
    }

    [Fact]
    public void Figures_come_back_from_the_folder_as_they_were_put_there()
    {
        Finish(Results.Some);
        var back = DemoResult.Read(new RunFolder(folder.Path), Assert.Fail)!;
        Assert.Equal(Results.Some.Figures(), back.Figures());
        Assert.Equal(Results.Some.Samples[0].After, back.Samples[0].After);
    }

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(p => p.Name);

    private void Finish(DemoResult result)
    {
        var run = new RunFolder(folder.Path);
        var settings = DemoSizes.World("tiny", 1, minutes: null);
        run.Claim(settings);
        using (var log = EmbeddedLog.Open(run.Path, new EmbeddedOptions()))
        {
            RunOnLog.Claim(log, settings, run.Path);
            var sft = new ArtifactStore(run.Checkpoints).Add(draft => File.WriteAllText(Path.Combine(draft, CheckpointFiles.Weights), "weights"));
            log.AppendCheckpoint(settings, ModelFamilies.Policy, sft.Name);
        }

        result.Write(run);
    }

    private CommandResult Demo(params string[] more) => TppoProcess.Run(["demo", "--size", "tiny", "--data", folder.Path, .. more]);
}

/// <summary>Figures of a run that never was.</summary>
internal static class Results
{
    public const string Checkpoint = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    public static DemoResult Some { get; } = new(
        1, 100, 10, 2, null, 0.93, new JudgeCalls(8, 0, 4),
        new Summary(0.375, 0.2, 0.6, 8, 0.5, 0.9, 0.1, 9, 0, 3, 0), new Summary(0.625, 0.4, 0.8, 8, 0.7, 0.8, 0.1, 10, 0, 3, 0),
        new Difference(0.25, 0.1, 0.4), Checkpoint, 12.5, 640,
        [new StageTime("import", 1, 100, null), new StageTime("SFT", 2, null, 3000), new StageTime("label", 1, null, null)])
    {
        Samples =
        [
            new SampleHistory(
                ["search: <script>alert(1)</script>", "click: [red] shoes & socks"], ["<b>boots</b>", "a", "b"],
                [new ScoredWord("<img", 0, -1), new ScoredWord("src=x>", 0, 0), new ScoredWord("laces", 1, 0.5)], [new ScoredWord("[bold]", 0, 1)]),
        ],
    };
}
