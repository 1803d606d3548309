using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Losses;

// N target tokens, V vocabulary.

/// <summary>Next-token cross-entropy, what supervised fine-tuning minimises.</summary>
public static class LanguageModelLoss
{
    /// <summary>−1/N · Σ log softmax(logits)[target], in nats, over exactly the tokens given.</summary>
    /// <param name="logits_NV">Logits that predict each target, so taken at the token before it.</param>
    /// <param name="targets_N">int64 ids; there is no ignored id, leave out what is no target.</param>
    /// <returns>The mean, a scalar, and how many tokens it is over.</returns>
    public static (Tensor Loss, LanguageModelStats Stats) CrossEntropy(Tensor logits_NV, Tensor targets_N)
    {
        var loss = F.cross_entropy(logits_NV, targets_N);
        return (loss, new LanguageModelStats(loss.ToDouble(), targets_N.numel()));
    }
}
