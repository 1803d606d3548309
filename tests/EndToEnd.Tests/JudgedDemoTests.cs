using System.Globalization;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Core.World;
using Tppo.Facts;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Records;
using Tppo.TestKit;
using Tppo.TestKit.Judges;

namespace Tppo.EndToEnd.Tests;

/// <summary>
/// A demo whose labels and evaluations a chat endpoint judges: unbroken and rebuilt, then killed again and again with its questions in
/// flight. <c>TPPO_JUDGE_KILLS</c> says how often for each purpose; default 2.
/// </summary>
public sealed class JudgedDemoTests : IDisposable
{
    private const int Parallel = 64;
    private readonly string folder = Directory.CreateTempSubdirectory("tppo-judged-demo-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static int Kills => int.Parse(Environment.GetEnvironmentVariable("TPPO_JUDGE_KILLS") is { Length: > 0 } n ? n : "2", CultureInfo.InvariantCulture);

    private static StandInOracle Oracle { get; } = new(new SearchWorld(1, new WorldSettings { Users = 160, Days = 40 }));

    private string Whole => Path.Combine(folder, "whole");

    private string Broken => Path.Combine(folder, "broken");

    [Fact]
    public async Task It_is_rebuilt_without_asking_anybody_and_killed_with_many_calls_in_flight_it_buys_twice_only_what_was_in_flight()
    {
        await UnbrokenAndRebuilt();
        var purposes = Purpose(Whole);
        await using var judge = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)).After(Latency(r.Number)));
        var inFlight = 0;
        foreach (var purpose in new[] { Purposes.Label, Purposes.Evaluation })
        {
            var all = purposes.Values.Count(p => p == purpose);
            Assert.True(all > Parallel, $"{all} questions for {purpose}");
            for (var kill = 1; kill <= Kills; kill++) inFlight += await KillAfter(judge, () => Answered(judge, purposes, purpose), all * kill / (Kills + 1));
        }

        var ended = TppoProcess.Run(Demo(judge, Broken));
        Assert.True(ended.Code == 0, ended.Error);
        Assert.Equal(UnbrokenRun.CheckpointOf(Whole), UnbrokenRun.CheckpointOf(Broken));
        Assert.Equal(purposes.OrderBy(p => p.Key, StringComparer.Ordinal), Purpose(Broken).OrderBy(p => p.Key, StringComparer.Ordinal));
        Assert.Equal(UnbrokenRun.RecordsOf(Whole)[Topics.TokenRewards], UnbrokenRun.RecordsOf(Broken)[Topics.TokenRewards]);
        var asked = judge.Requests.CountBy(r => r.Key).ToList();
        Assert.Equal(purposes.Count, asked.Count);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{2 * Kills} kills, {inFlight} calls in flight just before, at most {judge.InFlightMost} at a time; "
            + $"{asked.Sum(a => a.Value - 1)} calls made again; {Counts(purposes)}");
        Assert.InRange(asked.Sum(a => a.Value - 1), 0, 2 * Kills * Parallel);
        Assert.Equal(Parallel, judge.InFlightMost);
    }

    private async Task UnbrokenAndRebuilt()
    {
        await using var judge = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)));
        var result = TppoProcess.Run(Demo(judge, Whole));
        Assert.True(result.Code == 0, result.Error);
        Assert.DoesNotContain("warning: judge", result.Output, StringComparison.Ordinal);
        Assert.All(judge.Answered.Values, n => Assert.Equal(1, n));
        var asked = judge.Requests.Count;
        Assert.Equal(0, TppoProcess.Run(Demo(judge, Whole)).Code);
        var rebuilt = TppoProcess.Run("rebuild", "--data", Whole);
        Assert.True(rebuilt.Code == 0, rebuilt.Error);
        Assert.DoesNotContain("differs", rebuilt.Output, StringComparison.Ordinal);
        Assert.Equal(asked, judge.Requests.Count);
    }

    // Kills a run as soon as so much is answered, and says how many calls were in flight.
    private async Task<int> KillAfter(StandInJudge judge, Func<int> answered, int count)
    {
        using var process = TppoProcess.Start(Demo(judge, Broken));
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        while (!process.HasExited && answered() < count) await Task.Delay(2, TestContext.Current.CancellationToken);
        Assert.False(process.HasExited, $"it ended with exit code {(process.HasExited ? process.ExitCode : 0)} before {count} were answered");
        var inFlight = judge.InFlight;
        process.Kill();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return inFlight;
    }

    // From 5 ms to 2 s, as many short ones as long ones by the order of magnitude.
    private static TimeSpan Latency(int number) => TimeSpan.FromMilliseconds(5 * Math.Pow(400, number * 0.6180339887 % 1));

    private static int Answered(StandInJudge judge, Dictionary<string, string> purposes, string purpose) =>
        judge.Answered.Keys.Count(key => purposes.GetValueOrDefault(key) == purpose);

    private static string Counts(Dictionary<string, string> purposes) =>
        string.Join(", ", purposes.Values.CountBy(p => p).Select(c => $"{c.Value} {c.Key}"));

    // What every answer on a folder's log was bought for, by the name of the call.
    private static Dictionary<string, string> Purpose(string folder)
    {
        using var log = EmbeddedLog.OpenReadOnly(folder);
        return new TopicTail(log, Topics.Judgements).Read().ToDictionary(
            r => JudgementFact.FromJson(r.Value.Span) is var fact ? $"{fact.Judgement}-{fact.Attempt}" : "", r => r.Header(HeaderNames.Purpose)!);
    }

    private static string[] Demo(StandInJudge judge, string data) =>
    [
        "demo", "--size", "tiny", "--data", data, "--judge", "openai", "--judge-url", $"{judge.Url}", "--judge-model", "stand-in",
        "--judge-evaluates", "--judge-parallel", $"{Parallel}",
    ];
}
