using System.Text.Json.Nodes;
using Tppo.Core.Log;
using Tppo.TestKit;

namespace Tppo.EndToEnd.Tests;

/// <summary>What runs on the embedded log runs on a broker and ends with the same.</summary>
[Collection(Broker.Collection)]
[Trait(Broker.Trait, Broker.Collection)]
public sealed class KafkaRunTests(UnbrokenRun unbroken, DemoOnKafka demo) : IClassFixture<DemoOnKafka>
{
    private static readonly string[] Services = ["ingest", "policy-trainer", "labeler", "reward-trainer", "evaluator"];

    [Fact]
    public void The_demo_ends_with_the_embedded_runs_checkpoint_and_records()
    {
        var (folder, result) = demo.Run;
        Assert.True(result.Code == 0, result.Error + result.Output);
        Assert.Equal(unbroken.Checkpoint, UnbrokenRun.CheckpointOf(folder));
        using var log = DemoOnKafka.Open(DemoOnKafka.Prefix, "test");
        unbroken.AssertSameRecords(log);
    }

    [Fact]
    public void A_rebuild_from_the_brokers_topics_makes_every_checkpoint_again_with_equal_hashes()
    {
        var (folder, _) = demo.Run;
        // What training left is not there to lean on.
        Directory.Delete(Path.Combine(folder, "checkpoints"), recursive: true);
        var result = TppoProcess.Run(["rebuild", "--data", folder, .. DemoOnKafka.Here()]);
        Assert.True(result.Code == 0, result.Error + result.Output);
        Assert.Contains("equal    policy 0", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("differs", result.Output, StringComparison.Ordinal);
        Assert.True(Directory.Exists(Path.Combine(folder, "rebuilt", UnbrokenRun.NewestPolicy(unbroken.Folder).Checkpoint)));
    }

    [Fact]
    public void Five_processes_that_start_together_end_by_themselves_with_the_same_checkpoint_and_records()
    {
        var folder = unbroken.NewFolder();
        var prefix = $"{Guid.NewGuid():N}.five";
        string[] more = ["--config", Path.Combine(unbroken.Folder, "run.json"), .. DemoOnKafka.On(prefix)];
        var processes = Services.ToDictionary(s => s, s => TppoProcess.Start(["run", s, "--data", folder, "--until-idle", "--metrics-port", "0", .. more]));
        var said = new List<string>();
        try
        {
            foreach (var (service, process) in processes)
            {
                var result = TppoProcess.End(process);
                said.Add($"{service} ended with exit code {result.Code}: {result.Error}{result.Output}");
                Assert.True(result.Code == 0, said[^1]);
            }
        }
        finally
        {
            foreach (var process in processes.Values)
            {
                if (!process.HasExited) process.Kill();
                process.Dispose();
            }
        }

        using var log = DemoOnKafka.Open(prefix, "test");
        var policy = UnbrokenRun.NewestPolicy(log);
        Assert.True(policy.Final, $"the newest policy is of update {policy.Version}: {string.Join('\n', said)}");
        Assert.Equal(unbroken.Checkpoint, policy.Weights);
        unbroken.AssertSameRecords(log);
    }

    [Fact]
    public void Topics_that_hold_a_run_with_other_settings_are_refused_by_the_settings_name()
    {
        Assert.Equal(0, demo.Run.Result.Code);
        var settings = JsonNode.Parse(File.ReadAllText(Path.Combine(unbroken.Folder, "run.json")))!;
        settings["tppo"]!["clip"] = 0.3;
        var config = unbroken.NewFolder() + ".json";
        File.WriteAllText(config, settings.ToJsonString());
        using var log = DemoOnKafka.Read(DemoOnKafka.Prefix);
        var end = log.Bounds(new TopicPartition(Topics.Models, 0)).End;

        var result = TppoProcess.Run(UnbrokenRun.Run("ingest", unbroken.NewFolder(), ["--config", config, .. DemoOnKafka.Here()]));
        Assert.Equal(2, result.Code);
        Assert.Contains("tppo.clip: expected 0.2, found 0.3", Assert.Single(result.Error.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Equal(end, log.Bounds(new TopicPartition(Topics.Models, 0)).End);
    }

    [Fact]
    public void An_address_where_nobody_answers_is_one_line_and_exit_code_2()
    {
        var result = demo.Unanswered;
        Assert.Equal(2, result.Code);
        var lines = result.Error.Trim().Split('\n');
        Assert.Contains("127.0.0.1:1: no answer", lines[^1], StringComparison.Ordinal);

        // While it waits the library says why, once a minute and cause.
        Assert.InRange(lines.Length, 1, 5);
        Assert.All(lines[..^1], line => Assert.StartsWith("warning: kafka: ", line, StringComparison.Ordinal));
    }
}
