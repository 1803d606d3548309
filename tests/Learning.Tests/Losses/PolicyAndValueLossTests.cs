using CsCheck;
using TorchSharp;
using Tppo.Learning.Losses;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests.Losses;

public class PolicyAndValueLossTests
{
    private static readonly Gen<(double[] Old, double[] Change, double[] Advantages)> Tokens =
        Gen.Int[1, 20].SelectMany(n => Gen.Select(Gen.Double[-5, -0.1].Array[n], Gen.Double[-0.5, 0.5].Array[n], Gen.Double[-2, 2].Array[n]));

    [Fact]
    public void Policy_loss_of_three_tokens_by_hand()
    {
        using var scope = NewDisposeScope();
        // Ratios 1.5, 0.5, 1; advantages 1, 1, -2; clip 0.2: terms -1.2 (clipped), -0.5 (free, since the clip would be better), 2.
        var old = zeros(3, float64);
        var now = tensor([Math.Log(1.5), Math.Log(0.5), 0]).requires_grad_();
        var (loss, stats) = PolicyLoss.Clipped(now, old, tensor([1.0, 1, -2]), ones(3, float64), 0.2);
        loss.backward();
        Golden.AssertClose([(-1.2 - 0.5 + 2) / 3, 1 / 3.0, 1], [stats.Loss, stats.ClipFraction, stats.Ratio], "policy loss");
        Golden.AssertClose([0, -0.5 / 3, 2 / 3.0], Golden.Values(now.grad!), "gradient");
    }

    [Fact]
    public void Policy_loss_at_the_old_policy_is_the_mean_advantage_turned_round_and_its_gradient_the_plain_one()
    {
        Tokens.Sample(tokens =>
        {
            using var scope = NewDisposeScope();
            var n = tokens.Old.Length;
            var now = tensor(tokens.Old).requires_grad_();
            var (loss, stats) = PolicyLoss.Clipped(now, tensor(tokens.Old), tensor(tokens.Advantages), ones(n, float64), 0.2);
            loss.backward();
            Assert.Equal(-tokens.Advantages.Average(), stats.Loss, 1e-9);
            Assert.Equal((1, 0, 0), (stats.Ratio, stats.ClipFraction, stats.ApproximateKl));
            Golden.AssertClose([.. tokens.Advantages.Select(a => -a / n)], Golden.Values(now.grad!), "gradient");
        });
    }

    [Fact]
    public void A_wide_clip_reduces_to_importance_weighting()
    {
        Tokens.Sample(tokens =>
        {
            using var scope = NewDisposeScope();
            var n = tokens.Old.Length;
            var now = tensor(tokens.Old.Zip(tokens.Change, (old, change) => old + change).ToArray());
            var (_, stats) = PolicyLoss.Clipped(now, tensor(tokens.Old), tensor(tokens.Advantages), ones(n, float64), 1e6);
            Assert.Equal(-tokens.Change.Zip(tokens.Advantages, (change, a) => Math.Exp(change) * a).Average(), stats.Loss, 1e-9);
        });
    }

    [Fact]
    public void Tokens_outside_the_mask_give_neither_loss_nor_gradient()
    {
        using var scope = NewDisposeScope();
        var now = tensor([-1.0, -2, -3]).requires_grad_();
        var (loss, stats) = PolicyLoss.Clipped(now, tensor([-1.0, 500, -3.1]), tensor([1.0, double.NaN, 2]), tensor([1.0, 0, 0]), 0.2);
        loss.backward();
        Assert.Equal(-1, stats.Loss, 1e-12);
        Assert.Equal([-1.0, 0, 0], Golden.Values(now.grad!));
    }

    [Fact]
    public void An_empty_mask_gives_zero_and_not_a_number()
    {
        using var scope = NewDisposeScope();
        var now = tensor([-1.0]).requires_grad_();
        var (loss, stats) = PolicyLoss.Clipped(now, tensor([-2.0]), tensor([1.0]), zeros(1, float64), 0.2);
        loss.backward();
        Assert.Equal(0, stats.Loss);
        Assert.Equal([0.0], Golden.Values(now.grad!));
    }

    [Fact]
    public void Value_loss_of_two_tokens_by_hand()
    {
        using var scope = NewDisposeScope();
        // Token 0: moved by 1 from 0, target 0.1: max(0.81, (0.2 - 0.1)²) = 0.81. Token 1: moved by 1 towards 1: max(0, 0.64) = 0.64.
        var values = tensor([1.0, 1]).requires_grad_();
        var (loss, stats) = ValueLoss.Clipped(values, zeros(2, float64), tensor([0.1, 1]), ones(2, float64), 0.2);
        loss.backward();
        Golden.AssertClose([0.5 * (0.81 + 0.64) / 2, 0.5], [stats.Loss, stats.ClipFraction], "value loss");
        Golden.AssertClose([0.45, 0], Golden.Values(values.grad!), "gradient");
    }

    [Fact]
    public void Without_a_clip_the_value_loss_is_half_the_mean_square()
    {
        using var scope = NewDisposeScope();
        var (loss, stats) = ValueLoss.Clipped(tensor([1.0, 3]), tensor([100.0, -100]), tensor([0.0, 1]), ones(2, float64), 0);
        Assert.Equal(1.25, loss.ToDouble(), 1e-12);
        Assert.Equal(0, stats.ClipFraction);
    }

    [Fact]
    public void Estimates_of_divergence_agree_in_expectation_and_two_are_never_negative()
    {
        using var scope = NewDisposeScope();
        double[] p = [0.5, 0.3, 0.2];
        double[] q = [0.2, 0.2, 0.6];
        var exact = p.Zip(q, (a, b) => a * Math.Log(a / b)).Sum();
        var (policy, reference) = (tensor(p).log(), tensor(q).log());
        Assert.Equal(exact, (tensor(p) * KlEstimators.K1(policy, reference)).sum().ToDouble(), 1e-12);
        Assert.Equal(exact, (tensor(p) * KlEstimators.K3(policy, reference)).sum().ToDouble(), 1e-12);
        Assert.All(Golden.Values(KlEstimators.K2(policy, reference)), value => Assert.True(value >= 0));
        Assert.All(Golden.Values(KlEstimators.K3(policy, reference)), value => Assert.True(value >= 0));
    }

    [Fact]
    public void The_kl_weight_moves_by_at_most_a_fifth_a_horizon_and_stays_on_target()
    {
        Assert.Equal(0.1, AdaptiveKl.Next(0.1, 6, 6, 1000, 128), 1e-15);
        Assert.Equal(0.12, AdaptiveKl.Next(0.1, 1e9, 6, 1000, 1000), 1e-12);
        Assert.Equal(0.08, AdaptiveKl.Next(0.1, 0, 6, 1000, 1000), 1e-12);
        Assert.Throws<ArgumentOutOfRangeException>(() => AdaptiveKl.Next(0.1, 1, 0, 1000, 1));
    }

    [Fact]
    public void Language_model_loss_is_the_mean_surprise_of_a_token()
    {
        using var scope = NewDisposeScope();
        var logProbs = tensor([-1.0, -2, -6]).requires_grad_();
        var (loss, stats) = LanguageModelLoss.CrossEntropy(logProbs);
        loss.backward();
        Assert.Equal(3, loss.ToDouble(), 1e-12);
        Assert.Equal(3, stats.Tokens);
        Golden.AssertClose([-1 / 3.0, -1 / 3.0, -1 / 3.0], Golden.Values(logProbs.grad!), "gradient");
    }
}
