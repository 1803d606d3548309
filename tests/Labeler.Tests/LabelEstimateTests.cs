using Tppo.Core.Settings;
using Tppo.Core.World;
using Tppo.Hosting.Judges;
using Tppo.TestKit;
using Tppo.TestKit.Judges;

namespace Tppo.Labeler.Tests;

/// <summary>What labels are said to take, against what the judge is then asked.</summary>
public sealed class LabelEstimateTests
{
    private const int Windows = 60;
    private static readonly StandInOracle Oracle = new(new SearchWorld(TinyRun.Settings.Seed, TinyRun.Settings.Input.World));

    private static RunSettings Asked => TinyRun.Settings with
    {
        Judge = new JudgeSettings { Kind = JudgeKind.Openai, Model = "stand-in", CanaryRate = 0.1 },
    };

    [Fact]
    public async Task As_many_calls_as_said_are_made_and_what_is_answered_is_not_counted_again()
    {
        await using var server = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)));
        using var kit = LabelKit.Ready(out _, Asked, Windows);
        kit.JudgeAccess = new JudgeAccess { Url = server.Url, Parallel = 4 };
        var before = Estimate(kit);
        Assert.Equal((2 * Windows, 0, 0, 0), (before.Rollouts, before.Answered, before.Expected, before.Measured));

        kit.RunUntilIdle(LabelerService.Compose);
        Assert.Equal(server.Requests.Count, before.Calls);
        var after = Estimate(kit);
        Assert.Equal((2 * Windows, 2 * Windows, 0, 0, 0), (after.Rollouts, after.Answered, after.Calls, after.PromptTokens, after.AnswerTokens));
        Assert.Equal(2 * Windows, after.Measured);

        // Another judge has answered nothing yet.
        Assert.Equal(before.Calls, new LabelEstimating(kit.Log, Asked with { Judge = Asked.Judge with { Model = "another" } }).Take().Calls);
    }

    [Fact]
    public async Task What_is_left_after_a_day_is_counted_by_the_tokens_of_that_day()
    {
        const int TokensACall = 120;
        await using var server = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)));
        using var kit = LabelKit.Ready(out _, Asked, Windows);
        kit.Clock = new ManualClock();
        kit.JudgeAccess = new JudgeAccess { Url = server.Url, Parallel = 4, Labels = new DailyBudget(null, TokensACall * 120) };
        using (var worker = new LabelWorker(kit.Context))
        {
            ModelLabelTests.WorkUntilStill(worker, server);
        }

        var asked = server.Requests.Count;
        var left = Estimate(kit);
        Assert.InRange(left.Answered, 1, (2 * Windows) - 1);
        Assert.Equal(left.Answered, left.Measured);
        Assert.InRange(left.PromptTokens + left.AnswerTokens, 0.8 * TokensACall * left.Calls, 1.2 * TokensACall * left.Calls);

        kit.Reopen();
        kit.JudgeAccess = kit.JudgeAccess with { Labels = new DailyBudget(null, null) };
        kit.RunUntilIdle(LabelerService.Compose);
        Assert.Equal(left.Calls, server.Requests.Count - asked);
    }

    [Fact]
    public void Where_nothing_is_sampled_yet_as_many_are_expected_as_the_run_will_sample()
    {
        using var kit = new ServiceKit(Asked with { Labels = Asked.Labels with { Windows = 100, Samples = 3, Rate = 0.5 } });
        kit.Log.AppendWindows(kit.Settings);
        var estimate = Estimate(kit);
        Assert.Equal((0, 150), (estimate.Rollouts, estimate.Expected));
        Assert.InRange(estimate.Calls, 150 + 15, 150 + 15 + 132);
        Assert.InRange(estimate.PromptTokens / (double)estimate.Calls, 100, 2000);
    }

    private static LabelEstimate Estimate(ServiceKit kit) => new LabelEstimating(kit.Log, kit.Settings).Take();
}
