using System.Text.RegularExpressions;
using Tppo.Core.World;
using Tppo.TestKit;
using Tppo.TestKit.Control;
using Tppo.TestKit.Judges;

namespace Tppo.EndToEnd.Tests;

/// <summary>Commands from another process, over a real RabbitMQ.</summary>
public sealed partial class PauseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tppo-pause-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Labelling_is_paused_and_resumed_from_another_process_and_nothing_is_lost()
    {
        Assert.SkipUnless(RabbitMqNode.IsThere, RabbitMqNode.HowTo);
        using var rabbit = RabbitMqNode.Start();
        var oracle = new StandInOracle(new SearchWorld(1, new WorldSettings { Users = 160, Days = 40 }));
        await using var judge = await StandInJudge.StartAsync(r => StandInAnswer.Content(oracle.Answer(r.Prompt)).After(TimeSpan.FromMilliseconds(100)));

        // A demo makes the run's settings and stops at its judge; then services of their own take it up.
        string[] judged = ["--judge", "openai", "--judge-url", $"{judge.Url}", "--judge-model", "stand-in", "--judge-parallel", "4"];
        using var run = TppoProcess.Start(["demo", "--size", "tiny", "--data", folder, .. judged]);
        while (judge.Requests.Count == 0 && !run.HasExited) await Task.Delay(50, TestContext.Current.CancellationToken);
        TppoProcess.Terminate(run);
        Assert.Equal(143, TppoProcess.End(run).Code);

        Assert.Equal(2, TppoProcess.Run("label", "pause", "--bus", rabbit.Url).Code); // nobody listens yet
        using var services = TppoProcess.Start(["run", "all", "--data", folder, "--until-idle", "--bus", rabbit.Url, .. judged]);
        var before = judge.Requests.Count;
        while (judge.Requests.Count < before + 20 && !services.HasExited) await Task.Delay(20, TestContext.Current.CancellationToken);
        var paused = TppoProcess.Run("label", "pause", "--bus", rabbit.Url, "--reason", "the bill");
        Assert.True(paused.Code == 0, paused.Error);
        Assert.Matches(Answer("paused"), paused.Output);
        var asked = judge.Requests.Count;
        await Task.Delay(TimeSpan.FromSeconds(3), TestContext.Current.CancellationToken);
        Assert.Equal(asked, judge.Requests.Count);
        Assert.False(services.HasExited);
        var resumed = TppoProcess.Run("label", "resume", "--bus", rabbit.Url);
        Assert.Matches(Answer("asks"), resumed.Output);
        var ended = TppoProcess.End(services);
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Contains("labelling: paused: the bill", ended.Error, StringComparison.Ordinal);
        Assert.InRange(judge.Answered.Values.Sum(n => n - 1), 0, 4);
        Assert.True(judge.Requests.Count > asked);
    }

    private static Regex Answer(string state) => state == "paused" ? Paused() : Asks();

    [GeneratedRegex(@"^all 0 on \S+: paused\s*$")]
    private static partial Regex Paused();

    [GeneratedRegex(@"^all 0 on \S+: asks\s*$")]
    private static partial Regex Asks();
}
