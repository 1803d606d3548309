using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Losses;

/// <summary>
/// Estimates of KL(π ‖ π_ref) from tokens drawn from π, a token at a time, unmasked. Schulman, "Approximating KL divergence" (2020).
/// </summary>
public static class KlEstimators
{
    /// <summary>k1 = log π − log π_ref: unbiased, of either sign. What the reward subtracts.</summary>
    public static Tensor K1(Tensor logProbs, Tensor referenceLogProbs) => logProbs - referenceLogProbs;

    /// <summary>k2 = ½ (log π − log π_ref)²: biased, never negative.</summary>
    public static Tensor K2(Tensor logProbs, Tensor referenceLogProbs) => (logProbs - referenceLogProbs).Squared().Times(0.5);

    /// <summary>k3 = e^d − d − 1 with d = log π_ref − log π: unbiased, never negative.</summary>
    public static Tensor K3(Tensor logProbs, Tensor referenceLogProbs)
    {
        var d = referenceLogProbs - logProbs;
        return (d.exp() - d).Plus(-1.0);
    }
}
