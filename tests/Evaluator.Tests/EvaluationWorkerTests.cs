using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Facts.Cuts;
using Tppo.Facts.Evaluations;
using Tppo.Facts.Rollouts;
using Tppo.Hosting.Instruments;
using Tppo.Learning.Native;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Evaluator.Tests;

public sealed class EvaluationWorkerTests
{
    private static readonly string[] Written = [Topics.Evaluations, Topics.Rollouts, Topics.Judgements, Topics.Models];

    [Fact]
    public void Sft_policy_reward_model_and_final_policy_are_measured_once_each()
    {
        using var kit = Ready(out _);
        kit.RunUntilIdle(EvaluatorService.Compose);
        Assert.Equal(["policy/0/evaluation", "policy/4/evaluation", "reward/0/evaluation"], kit.Ids(Topics.Evaluations));
        var before = ServiceKit.AllIds(kit.Log);
        kit.Reopen();
        kit.RunUntilIdle(EvaluatorService.Compose);
        Assert.Equal(before, ServiceKit.AllIds(kit.Log));
    }

    [Fact]
    public void An_AUC_that_is_undefined_is_no_number_and_not_0()
    {
        // Four responses of a policy that knows nothing: none of them is relevant.
        using var kit = Ready(out _, TinyRun.Settings with { Evaluation = TinyRun.Settings.Evaluation with { RewardModelWindows = 1 } });
        RewardModelInstruments.RewardAucSentence.Set(0.7);
        kit.RunUntilIdle(EvaluatorService.Compose);
        var reward = Evaluations(kit).Single(e => e.Model == ModelFamilies.Reward);
        Assert.Null(reward.SentenceAuc);
        Assert.Equal(double.NaN, RewardModelInstruments.RewardAucSentence.Value);
        Assert.Equal(reward.TokenAuc ?? double.NaN, RewardModelInstruments.RewardAucToken.Value);
    }

    [Fact]
    public void Policies_answer_the_newest_window_of_each_held_out_user_in_pairs()
    {
        using var kit = Ready(out var heldOut);
        kit.RunUntilIdle(EvaluatorService.Compose);
        var (sft, tppo) = (Find(kit, 0), Find(kit, 4));
        Assert.Equal(heldOut.Select(w => w.Id).Take(8), sft.Responses.Select(r => r.Window));
        Assert.Equal(sft.Responses.Select(r => r.Window), tppo.Responses.Select(r => r.Window));
        Assert.Empty(sft.Samples);
        Assert.Equal(3, tppo.Samples.Count);
        Assert.Equal(heldOut[0].Targets, tppo.Samples[0].Targets);
        Assert.Null(sft.JudgeAuc);
        Assert.EndsWith("noise-0", sft.Judge, StringComparison.Ordinal);
        Assert.Equal(
            sft.JudgeCalls + tppo.JudgeCalls, kit.Records(Topics.Judgements).Count - Evaluations(kit).Single(e => e.Model == ModelFamilies.Reward).JudgeCalls);
    }

    [Fact]
    public void Rollouts_and_judgements_of_an_evaluation_are_facts_that_say_what_they_are_for()
    {
        using var kit = Ready(out _);
        kit.RunUntilIdle(EvaluatorService.Compose);
        Assert.All(kit.Records(Topics.Rollouts).Concat(kit.Records(Topics.Judgements)), r => Assert.Equal(Purposes.Evaluation, r.Header(HeaderNames.Purpose)));
        Assert.Equal(8 + 8 + (4 * 4), kit.Records(Topics.Rollouts).Sum(r => RolloutCodec.Decode(r.Value).Length));
        Assert.Equal(8, RolloutOrder.OfStep(kit.Log, StepId.OfEvaluation(ModelFamilies.Policy, 4)).Count());
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, false)]
    public void Dead_at_every_append_and_started_again_it_measures_the_same_and_asks_nothing_twice(int appendsALife, bool written)
    {
        using var unbroken = Ready(out _);
        unbroken.RunUntilIdle(EvaluatorService.Compose);
        using var broken = Ready(out _);
        Assert.True(broken.RunThroughDeaths(EvaluatorService.Compose, appendsALife, written) >= 2);
        foreach (var topic in Written) Assert.Equal(unbroken.Ids(topic), broken.Ids(topic));
        Assert.Equal(Evaluations(unbroken).Select(e => string.Join(' ', e.Responses)), Evaluations(broken).Select(e => string.Join(' ', e.Responses)));
        Assert.Equal(broken.Ids(Topics.Judgements).Distinct().Count(), broken.Ids(Topics.Judgements).Length);
    }

    [Fact]
    public void Measuring_leaves_as_many_live_tensors_as_it_found()
    {
        using var kit = Ready(out _);
        var before = TorchRuntime.LiveTensors;
        kit.RunUntilIdle(EvaluatorService.Compose);
        Assert.Equal(before, TorchRuntime.LiveTensors);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Over_kills_behind_its_appends_the_judge_is_called_as_often_as_without_any(int appendsALife)
    {
        using var unbroken = Ready(out _);
        var calls = Calls(() => unbroken.RunUntilIdle(EvaluatorService.Compose));
        Assert.Equal(unbroken.Records(Topics.Judgements).Count, calls);
        using var broken = Ready(out _);
        Assert.Equal(calls, Calls(() => Assert.True(broken.RunThroughDeaths(EvaluatorService.Compose, appendsALife, written: true) >= 2)));
        Assert.Equal(unbroken.Ids(Topics.Evaluations), broken.Ids(Topics.Evaluations));
    }

    // How often a judge was called, as it is counted at the call itself: what was asked twice, and thrown away, shows here alone.
    private static double Calls(Action run)
    {
        var before = JudgeInstruments.JudgeRequests.WithLabels("embedded", "ok").Value;
        run();
        return JudgeInstruments.JudgeRequests.WithLabels("embedded", "ok").Value - before;
    }

    private static ServiceKit Ready(out IReadOnlyList<Window> heldOut, RunSettings? settings = null)
    {
        var kit = new ServiceKit(settings ?? TinyRun.Settings);
        var windows = kit.Log.AppendWindows(kit.Settings);
        var cut = kit.Log.AppendWindowCut(kit.Settings);
        heldOut = WindowCut.HeldOut(kit.Log, cut, kit.Settings.OneFold());
        var sft = TinyModels.TinyModels.AppendPolicy(kit, windows);
        TinyModels.TinyModels.AppendReward(kit, sft);
        TinyModels.TinyModels.AppendPolicy(kit, windows, version: 2, seed: 2);
        TinyModels.TinyModels.AppendPolicy(kit, windows, version: 4, final: true, seed: 3);
        return kit;
    }

    private static IReadOnlyList<Evaluation> Evaluations(ServiceKit kit)
    {
        var log = new EvaluationLog(kit.Log);
        log.Refresh();
        return log.All;
    }

    private static Evaluation Find(ServiceKit kit, int version) => Evaluations(kit).Single(e => e.Model == ModelFamilies.Policy && e.Version == version);
}
