using CsCheck;
using Tppo.Learning.Losses;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests.Losses;

public class AdvantageTests
{
    private const double Tolerance = 1e-9;

    private static readonly Gen<(double[] Rewards, double[] Values, double Gamma)> Episodes =
        Gen.Int[1, 12].SelectMany(length => Gen.Select(Gen.Double[-2, 2].Array[length], Gen.Double[-2, 2].Array[length], Gen.Double[0, 1]));

    [Fact]
    public void Gae_of_two_tokens_by_hand()
    {
        // delta_1 = 1 - 0.25 = 0.75; delta_0 = 0.5 + 0.9 * 0.25 - 0.5 = 0.225; A_0 = 0.225 + 0.9 * 0.8 * 0.75 = 0.765
        var (advantages, returns) = Gae([0.5, 1], [0.5, 0.25], 0.9, 0.8);
        Golden.AssertClose([0.765, 0.75], advantages, "advantages");
        Golden.AssertClose([1.265, 1], returns, "returns");
    }

    [Fact]
    public void Gae_with_lambda_one_equals_the_discounted_return()
    {
        Episodes.Sample(episode =>
        {
            var (_, returns) = Gae(episode.Rewards, episode.Values, episode.Gamma, 1);
            var expected = 0.0;
            for (var t = episode.Rewards.Length - 1; t >= 0; t--)
            {
                expected = episode.Rewards[t] + (episode.Gamma * expected);
                Assert.Equal(expected, returns[t], Tolerance);
            }
        });
    }

    [Fact]
    public void Gae_with_lambda_zero_equals_the_one_step_error()
    {
        Episodes.Sample(episode =>
        {
            var (advantages, _) = Gae(episode.Rewards, episode.Values, episode.Gamma, 0);
            for (var t = 0; t < advantages.Length; t++)
            {
                var next = t + 1 < advantages.Length ? episode.Values[t + 1] : 0;
                Assert.Equal(episode.Rewards[t] + (episode.Gamma * next) - episode.Values[t], advantages[t], Tolerance);
            }
        });
    }

    [Fact]
    public void Gae_with_gamma_zero_equals_the_reward_less_the_value()
    {
        Episodes.Sample(episode =>
        {
            var (advantages, _) = Gae(episode.Rewards, episode.Values, 0, 0.95);
            Assert.All(advantages.Zip(episode.Rewards, episode.Values), of => Assert.Equal(of.Second - of.Third, of.First, Tolerance));
        });
    }

    [Fact]
    public void What_stands_on_padding_changes_nothing_and_gets_nothing()
    {
        using var scope = NewDisposeScope();
        var mask = tensor(new double[,] { { 1, 1, 0 } });
        var (clean, _) = AdvantageEstimation.Gae(tensor(new double[,] { { 1, 2, 0 } }), tensor(new double[,] { { 0.5, 0.25, 0 } }), mask, 0.9, 0.8);
        var (dirty, returns) = AdvantageEstimation.Gae(tensor(new[,] { { 1, 2, double.NaN } }), tensor(new double[,] { { 0.5, 0.25, 1e9 } }), mask, 0.9, 0.8);
        Assert.Equal(Golden.Values(clean), Golden.Values(dirty));
        Assert.Equal(0, Golden.Values(dirty)[2]);
        Assert.Equal(0, Golden.Values(returns)[2]);
    }

    [Fact]
    public void Whitened_values_have_mean_zero_and_sample_deviation_one()
    {
        Gen.Double[-50, 50].Array[3, 40].Where(values => values.Max() - values.Min() > 1).Sample(values =>
        {
            using var scope = NewDisposeScope();
            var whitened = Golden.Values(Whitening.Whiten(tensor(values), ones(values.Length, float64)));
            Assert.Equal(0, whitened.Average(), 1e-6);
            Assert.Equal(1, Math.Sqrt(whitened.Sum(x => x * x) / (whitened.Length - 1)), 1e-6);
        });
    }

    [Fact]
    public void Whitening_divides_by_the_deviation_and_not_by_the_variance()
    {
        using var scope = NewDisposeScope();
        // Mean 0, variance 100 · 2/1: by the variance the values would be ± 0.05.
        var whitened = Golden.Values(Whitening.Whiten(tensor(new double[] { -10, 10 }), ones(2, float64)));
        Assert.Equal([-Math.Sqrt(0.5), Math.Sqrt(0.5)], whitened.Select(x => Math.Round(x, 8)).Select(x => Math.Sign(x) * Math.Sqrt(Math.Round(x * x, 6))));
    }

    [Fact]
    public void Whitening_leaves_out_what_the_mask_leaves_out()
    {
        using var scope = NewDisposeScope();
        var alone = Golden.Values(Whitening.Whiten(tensor(new double[] { 1, 2, 4 }), ones(3, float64)));
        var masked = Golden.Values(Whitening.Whiten(tensor(new double[] { 1, 1e6, 2, 4, double.NaN }), tensor(new double[] { 1, 0, 1, 1, 0 })));
        Golden.AssertClose([alone[0], 0, alone[1], alone[2], 0], masked, "whitened");
    }

    [Fact]
    public void A_single_value_has_no_deviation_and_stays()
    {
        using var scope = NewDisposeScope();
        Assert.Equal([3.0, 0], Golden.Values(Whitening.Whiten(tensor(new double[] { 3, 5 }), tensor(new double[] { 1, 0 }))));
    }

    private static (double[] Advantages, double[] Returns) Gae(double[] rewards, double[] values, double gamma, double lambda)
    {
        using var scope = NewDisposeScope();
        var (advantages, returns) = AdvantageEstimation.Gae(
            tensor(rewards).unsqueeze(0), tensor(values).unsqueeze(0), ones(1, rewards.Length, float64), gamma, lambda);
        return (Golden.Values(advantages), Golden.Values(returns));
    }
}
