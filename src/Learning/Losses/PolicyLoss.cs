using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Losses;

/// <summary>PPO's clipped surrogate, a token at a time.</summary>
public static class PolicyLoss
{
    // Beyond e^20 a ratio says nothing more, and its exponential would leave float32.
    private const double LogRatioMax = 20;

    /// <summary>
    /// ρ = exp(log π − log π_old);  L = mean over the mask of max(−ρ A, −clip(ρ, 1 − ε, 1 + ε) A). The TPPO paper's Eq. 6;
    /// Schulman et al., "Proximal policy optimization algorithms" (2017), Eq. 7.
    /// </summary>
    /// <param name="logProbs">log π of each token, with gradients. Any shape, for all four alike.</param>
    /// <param name="oldLogProbs">log π_old, at the start of the update, at the same temperature.</param>
    /// <param name="advantages">A, usually whitened.</param>
    /// <param name="mask">1 on tokens in the loss.</param>
    /// <param name="clip">ε, at least 0.</param>
    /// <returns>A scalar and its figures. An empty mask gives 0.</returns>
    public static (Tensor Loss, PolicyLossStats Stats) Clipped(Tensor logProbs, Tensor oldLogProbs, Tensor advantages, Tensor mask, double clip)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(clip);
        var logRatio = Masked.Keep(logProbs - oldLogProbs, mask).Within(-LogRatioMax, LogRatioMax);
        var ratio = logRatio.exp();
        var plain = -(ratio * advantages);
        var clipped = -(ratio.Within(1 - clip, 1 + clip) * advantages);
        var loss = Masked.Mean(maximum(plain, clipped), mask);
        using var noGradients = no_grad();
        var stats = new PolicyLossStats(
            loss.Number(),
            Masked.Mean(clipped.gt(plain).to(logProbs.dtype), mask).Number(),
            -Masked.Mean(logRatio, mask).Number(),
            0.5 * Masked.Mean(logRatio.Squared(), mask).Number(),
            Masked.Mean(ratio, mask).Number());
        return (loss, stats);
    }
}
