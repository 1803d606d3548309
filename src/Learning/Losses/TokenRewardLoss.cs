using Tppo.Core.Judging;
using Tppo.Learning.Native;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Losses;

// B responses, T tokens, 3 categories.

/// <summary>The token reward model's loss: each token against its label, and the mean over a response against its whole score.</summary>
public static class TokenRewardLoss
{
    private const double WeightMin = 0.5;
    private const double WeightMax = 2;

    /// <summary>
    /// <para>local = Σ over V of w_y · (−log P(y)) / |V| (the paper's Eq. 1, averaged so that the two losses are comparable);</para>
    /// <para>global = mean over responses of (mean of E[c] over tokens labelled 1 or 2 − whole)², E[c] = (P₁ + 2 P₂) / (P₁ + P₂)
    /// (Eq. 2 with an expectation, since argmax has no gradient);</para>
    /// <para>total = w · local + (1 − w) · global (Eq. 3).</para>
    /// </summary>
    /// <param name="logits_BT3">Logits of the categories at each token's own position, with gradients.</param>
    /// <param name="labels_BT">int64 labels 0, 1, 2; 0 on padding.</param>
    /// <param name="keep_BT">bool: V, the response's tokens after the balance mask.</param>
    /// <param name="response_BT">bool: the response's tokens; the global loss is taken before the balance mask, which would bend its mean.</param>
    /// <param name="whole">Category of each whole response; none where unknown, which leaves it out of the global loss.</param>
    /// <param name="localWeight">w, 0 to 1.</param>
    /// <param name="noWordWeight">Class weight of category 0.</param>
    /// <param name="classWeights">Given weights of the three classes; else w_c = (n₁ + n₂) / (2 n_c) over V, within 0.5 and 2, 1 where n_c = 0.</param>
    /// <returns>A scalar and its figures. A loss over nothing is 0.</returns>
    public static (Tensor Loss, TokenRewardLossStats Stats) Compute(
        Tensor logits_BT3,
        Tensor labels_BT,
        Tensor keep_BT,
        Tensor response_BT,
        IReadOnlyList<Category> whole,
        double localWeight,
        double noWordWeight = 0.1,
        IReadOnlyList<double>? classWeights = null)
    {
        var weights = classWeights ?? ClassWeights(labels_BT, keep_BT, noWordWeight);
        var local = Local(logits_BT3, labels_BT, keep_BT, weights);
        var global = Global(logits_BT3, labels_BT, response_BT, whole);
        var total = local.Times(localWeight).Plus(global.Times(1 - localWeight));
        return (total, new TokenRewardLossStats(total.Number(), local.Number(), global.Number(), weights));
    }

    private static double[] ClassWeights(Tensor labels_BT, Tensor keep_BT, double noWordWeight)
    {
        using var scope = NewDisposeScope();
        var one = (labels_BT.Equal(1) & keep_BT).sum().Number();
        var two = (labels_BT.Equal(2) & keep_BT).sum().Number();
        return [noWordWeight, Weight(one), Weight(two)];

        double Weight(double count) => count == 0 ? 1 : Math.Clamp((one + two) / (2 * count), WeightMin, WeightMax);
    }

    private static Tensor Local(Tensor logits_BT3, Tensor labels_BT, Tensor keep_BT, IReadOnlyList<double> weights)
    {
        var weight_3 = logits_BT3.device.Numbers([.. weights], logits_BT3.dtype);
        var negative_BT = -F.log_softmax(logits_BT3, -1).gather(-1, labels_BT.unsqueeze(-1)).squeeze(-1);
        return Masked.Mean(negative_BT * weight_3.index_select(0, labels_BT.reshape(-1)).view_as(labels_BT), keep_BT);
    }

    private static Tensor Global(Tensor logits_BT3, Tensor labels_BT, Tensor response_BT, IReadOnlyList<Category> whole)
    {
        var dtype = logits_BT3.dtype;
        var known_B = logits_BT3.device.Flags([.. whole.Select(category => category != Category.None)]);
        var whole_B = logits_BT3.device.Numbers([.. whole.Select(category => (double)category)], dtype);
        // (P₁ + 2 P₂) / (P₁ + P₂) = 1 + P₂ / (P₁ + P₂), and the last is a sigmoid of the logits' difference: no division by what may be 0.
        var expected_BT = sigmoid(logits_BT3.select(-1, 2) - logits_BT3.select(-1, 1)).Plus(1.0);
        var labelled_BT = (response_BT & labels_BT.Above(0)).to(dtype);
        var count_B = labelled_BT.sum(-1);
        var mean_B = (expected_BT * labelled_BT).sum(-1) / count_B.AtLeast(1);
        return Masked.Mean((mean_B - whole_B).Squared(), known_B & count_B.Above(0));
    }
}
