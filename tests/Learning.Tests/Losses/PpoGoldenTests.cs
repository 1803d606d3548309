using Tppo.Learning.Losses;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests.Losses;

/// <summary>Against figures on which TRL, verl and OpenRLHF agree, in float64, gradients too.</summary>
public class PpoGoldenTests
{
    public static TheoryData<string> Cases => [.. Golden.Cases("ppo.jsonl").Where(of => of.Name != "adaptive KL coefficient").Select(of => of.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Advantages_returns_and_whitening_are_those_of_three_trainers(string name)
    {
        var (_, input, expected) = Golden.Cases("ppo.jsonl").Single(of => of.Name == name);
        using var scope = NewDisposeScope();
        var mask_BT = input.Grid("mask");
        var (advantages_BT, returns_BT) = AdvantageEstimation.Gae(
            input.Grid("rewards"), input.Grid("values"), mask_BT, input.Number("gamma"), input.Number("lambda"));
        Golden.AssertClose(expected.GetProperty("advantages"), advantages_BT, "advantages");
        Golden.AssertClose(expected.GetProperty("returns"), returns_BT, "returns");
        Golden.AssertClose(expected.GetProperty("whitened"), Whitening.Whiten(advantages_BT, mask_BT), "whitened");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Policy_loss_and_its_gradient_are_those_of_three_trainers(string name)
    {
        var (_, input, expected) = Golden.Cases("ppo.jsonl").Single(of => of.Name == name);
        using var scope = NewDisposeScope();
        var logProbs_BT = input.Grid("logprobs").requires_grad_();
        var (loss, stats) = PolicyLoss.Clipped(logProbs_BT, input.Grid("old_logprobs"), expected.Grid("whitened"), input.Grid("mask"), input.Number("clip"));
        loss.backward();
        Golden.AssertClose(
            [expected.Number("policy_loss"), expected.Number("policy_clip_fraction"), expected.Number("approx_kl_old")],
            [stats.Loss, stats.ClipFraction, stats.KlToOld],
            "policy");
        Golden.AssertClose(expected.GetProperty("grad_policy_loss_by_logprobs"), logProbs_BT.grad!, "gradient");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Value_loss_and_its_gradient_are_those_of_three_trainers(string name)
    {
        var (_, input, expected) = Golden.Cases("ppo.jsonl").Single(of => of.Name == name);
        using var scope = NewDisposeScope();
        var values_BT = input.Grid("new_values").requires_grad_();
        var (loss, stats) = ValueLoss.Clipped(values_BT, input.Grid("values"), expected.Grid("returns"), input.Grid("mask"), input.Number("value_clip"));
        loss.backward();
        Golden.AssertClose([expected.Number("value_loss"), expected.Number("value_clip_fraction")], [stats.Loss, stats.ClipFraction], "value");
        Golden.AssertClose(expected.GetProperty("grad_value_loss_by_new_values"), values_BT.grad!, "gradient");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kl_estimates_are_those_of_two_trainers(string name)
    {
        var (_, input, expected) = Golden.Cases("ppo.jsonl").Single(of => of.Name == name);
        using var scope = NewDisposeScope();
        var (logProbs, reference, mask) = (input.Grid("logprobs"), input.Grid("ref_logprobs"), input.Grid("mask"));
        var kl = expected.GetProperty("kl_to_reference");
        Golden.AssertClose(kl.GetProperty("k1"), KlEstimators.K1(logProbs, reference) * mask, "k1");
        Golden.AssertClose(kl.GetProperty("k2"), KlEstimators.K2(logProbs, reference) * mask, "k2");
        // One of the two computes k3 in float32.
        Golden.AssertClose(kl.GetProperty("k3"), KlEstimators.K3(logProbs, reference) * mask, "k3", 1e-5);
    }

    [Fact]
    public void The_adaptive_coefficient_is_that_of_two_trainers()
    {
        var (_, input, expected) = Golden.Cases("ppo.jsonl").Single(of => of.Name == "adaptive KL coefficient");
        var beta = input.Number("beta");
        var actual = new List<double>();
        foreach (var update in input.GetProperty("updates").EnumerateArray())
        {
            beta = AdaptiveKl.Next(beta, update.Number("kl"), input.Number("target"), input.Number("horizon"), update.Number("steps"));
            actual.Add(beta);
        }

        Golden.AssertClose(Golden.Numbers(expected.GetProperty("beta")), [.. actual], "beta");
    }
}
