using System.Text.RegularExpressions;
using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

public sealed partial class DemoTests(UnbrokenRun unbroken)
{
    [Fact]
    public void The_same_command_on_a_fresh_folder_gives_the_same_checkpoint_and_the_same_records()
    {
        var folder = unbroken.NewFolder();
        Assert.Equal(0, TppoProcess.Run(UnbrokenRun.Demo(folder)).Code);
        unbroken.AssertEqual(folder);
    }

    [Fact]
    public void A_finished_folder_shows_the_same_table_again_without_a_new_record()
    {
        var again = TppoProcess.Run(UnbrokenRun.Demo(unbroken.Folder));
        Assert.Equal(0, again.Code);
        Assert.Equal(Table(unbroken.Result.Output), Table(again.Output));
        unbroken.AssertEqual(unbroken.Folder);
    }

    [Fact]
    public void Services_that_run_one_after_the_other_end_with_the_demos_checkpoint_and_records()
    {
        var folder = unbroken.NewFolder();
        foreach (var service in new[] { "ingest", "policy-trainer", "labeler", "reward-trainer", "policy-trainer", "evaluator" })
        {
            var result = TppoProcess.Run(UnbrokenRun.Run(service, folder, "--config", Path.Combine(unbroken.Folder, "run.json")));
            Assert.True(result.Code == 0, $"{service}: {result.Error}");
        }

        var policy = UnbrokenRun.NewestPolicy(folder);
        Assert.True(policy.Final);
        Assert.Equal(unbroken.Checkpoint, policy.Weights);
        unbroken.AssertSameRecords(folder);
    }

    [Fact]
    public void With_labels_dealt_out_at_random_the_run_ends_too_and_with_another_policy()
    {
        var folder = unbroken.NewFolder();
        Assert.Equal(0, TppoProcess.Run(UnbrokenRun.Demo(folder, "--shuffle-labels")).Code);
        Assert.NotEqual(unbroken.Checkpoint, UnbrokenRun.CheckpointOf(folder));
    }

    [Fact]
    public void Verbose_shows_live_tensors_and_none_is_left_of_the_stages_that_ended()
    {
        var counts = TensorCounts()
            .Matches(unbroken.Result.Output)
            .Select(m => int.Parse(m.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture))
            .ToList();
        Assert.True(counts.Count >= 5, unbroken.Result.Output);
        Assert.True(counts.Max() > 0);
        Assert.Equal(0, counts[^1]);
    }

    // Stages come before it, and the live view of a first run shows them.
    private static string Table(string output) => output[output.IndexOf('╭', StringComparison.Ordinal)..];

    [GeneratedRegex(@"^ *done .* (\d+) tensors", RegexOptions.Multiline)]
    private static partial Regex TensorCounts();
}
