using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Losses;

// N target tokens.

/// <summary>Next-token cross-entropy, what supervised fine-tuning minimises.</summary>
public static class LanguageModelLoss
{
    /// <summary>−1/N · Σ log P(target | what precedes it), in nats a token.</summary>
    /// <param name="logProbs_N">log-prob of each target, with gradients; what is no target is not among them.</param>
    /// <returns>The mean, a scalar, and how many tokens it is over.</returns>
    public static (Tensor Loss, LanguageModelStats Stats) CrossEntropy(Tensor logProbs_N)
    {
        var loss = -logProbs_N.mean();
        return (loss, new LanguageModelStats(loss.Number(), logProbs_N.numel()));
    }
}
