using Tppo.Core.Settings;
using Tppo.Learning.Native;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Models;

// B rows, T tokens, D width, H query heads, K key-value heads, E width of a head, F feed-forward width.

/// <summary>
/// One transformer block in two halves, so that a caller decides what attends to what: queries, keys and values of a run of
/// tokens; then attention's output back into the residual stream, and SwiGLU.
/// </summary>
internal sealed class DecoderBlock
{
    private readonly BlockWeights weights;
    private readonly Projection queryKeyValue;
    private readonly Projection output;
    private readonly Projection gateUp;
    private readonly Projection down;
    private readonly int heads;
    private readonly int keyValueHeads;
    private readonly int headWidth;
    private readonly int feedForward;
    private readonly double epsilon;

    /// <param name="settings">The decoder's shape.</param>
    /// <param name="form">Its blocks' form.</param>
    /// <param name="weights">This block's weights; not owned.</param>
    /// <param name="adapter">The adapter on one of its layers, by the layer's name behind the block's.</param>
    internal DecoderBlock(ModelSettings settings, DecoderForm form, BlockWeights weights, Func<string, LowRank?> adapter)
    {
        this.weights = weights;
        (heads, keyValueHeads, headWidth) = (settings.Heads, settings.KeyValueHeads, form.HeadWidth);
        (feedForward, epsilon) = (settings.FeedForward, settings.NormEpsilon);
        var keys = keyValueHeads * headWidth;
        queryKeyValue = new Projection(
            weights.QueryKeyValue_OD, weights.Bias_O,
            (heads * headWidth, adapter("self_attn.q_proj")), (keys, adapter("self_attn.k_proj")), (keys, adapter("self_attn.v_proj")));
        output = new Projection(weights.Output_DD, null, (settings.Width, adapter("self_attn.o_proj")));
        gateUp = new Projection(weights.GateUp_OD, null, (feedForward, adapter("mlp.gate_proj")), (feedForward, adapter("mlp.up_proj")));
        down = new Projection(weights.Down_DF, null, (settings.Width, adapter("mlp.down_proj")));
    }

    /// <summary>x · w / √(mean(x²) + ε), over the last dimension.</summary>
    internal static Tensor Norm(Tensor x, Tensor weight_D, double epsilon) => x * rsqrt(x.Squared().mean([-1], true).Plus(epsilon)) * weight_D;

    /// <summary>Queries [B,H,T,E], keys and values [B,K,T,E], queries and keys turned by their positions.</summary>
    internal (Tensor Query, Tensor Key, Tensor Value) QueryKeyValue(Tensor x_BTD, int rows, int tokens, (Tensor Cos, Tensor Sin) rotary)
    {
        var all_BTO = queryKeyValue.Of(Norm(x_BTD, weights.AttentionNorm_D, epsilon));
        var turned = heads + keyValueHeads;
        // Queries and keys lie side by side, so one rotation turns both.
        var turned_BTHE = Rotate(HeadNorm(all_BTO.narrow(-1, 0, turned * headWidth).view(rows, tokens, turned, headWidth), heads), rotary);
        return (
            turned_BTHE.narrow(2, 0, heads).transpose(1, 2),
            turned_BTHE.narrow(2, heads, keyValueHeads).transpose(1, 2),
            all_BTO.narrow(-1, turned * headWidth, keyValueHeads * headWidth).view(rows, tokens, keyValueHeads, headWidth).transpose(1, 2));
    }

    /// <summary>Keys and values alone: all that the last block needs of a prompt's tokens.</summary>
    internal (Tensor Key, Tensor Value) KeyValue(Tensor x_BTD, int rows, int tokens, (Tensor Cos, Tensor Sin) rotary)
    {
        var width = keyValueHeads * headWidth;
        var both_BTO = queryKeyValue.Of(Norm(x_BTD, weights.AttentionNorm_D, epsilon), first: 1);
        var key_BTKE = Rotate(HeadNorm(both_BTO.narrow(-1, 0, width).view(rows, tokens, keyValueHeads, headWidth), 0), rotary);
        return (key_BTKE.transpose(1, 2), both_BTO.narrow(-1, width, width).view(rows, tokens, keyValueHeads, headWidth).transpose(1, 2));
    }

    /// <summary>softmax(q·kᵀ/√E + bias)·v as [B,T,D]; without a bias the mask is causal.</summary>
    internal Tensor Attend(Tensor query_BHTE, Tensor key_BKSE, Tensor value_BKSE, int rows, int tokens, Tensor? bias)
    {
        var key_BHSE = ForEachQueryHead(key_BKSE);
        var value_BHSE = ForEachQueryHead(value_BKSE);
        var mixed_BHTE = F.scaled_dot_product_attention(query_BHTE, key_BHSE, value_BHSE, bias, 0.0, bias is null);
        return mixed_BHTE.transpose(1, 2).reshape(rows, tokens, heads * headWidth);
    }

    /// <summary>The residual stream after this block.</summary>
    internal Tensor Finish(Tensor x_BTD, Tensor mixed_BTD)
    {
        var y_BTD = x_BTD.Plus(output.Of(mixed_BTD));
        var gateUp_BTF = gateUp.Of(Norm(y_BTD, weights.FeedForwardNorm_D, epsilon));
        var hidden_BTF = F.silu(gateUp_BTF.narrow(-1, 0, feedForward)) * gateUp_BTF.narrow(-1, feedForward, feedForward);
        return y_BTD.Plus(down.Of(hidden_BTF));
    }

    /// <summary>The same weights with what the adapters add.</summary>
    /// <param name="merged">Weights equal to this block's, changed in place.</param>
    internal void MergeInto(BlockWeights merged)
    {
        queryKeyValue.MergeInto(merged.QueryKeyValue_OD);
        output.MergeInto(merged.Output_DD);
        gateUp.MergeInto(merged.GateUp_OD);
        down.MergeInto(merged.Down_DF);
    }

    // Queries first, keys behind them: each head's own norm, by the one weight that all queries have, and the one that all keys have.
    private Tensor HeadNorm(Tensor x_BTHE, int queries)
    {
        if (weights.QueryNorm_E is not { } queryNorm_E || weights.KeyNorm_E is not { } keyNorm_E) return x_BTHE;
        var keys_KE = keyNorm_E.expand(keyValueHeads, headWidth);
        return Norm(x_BTHE, queries == 0 ? keys_KE : cat([queryNorm_E.expand(queries, headWidth), keys_KE], 0), epsilon);
    }

    // Halves (a, b) → (a cos − b sin, b cos + a sin): the layout that the transformers library calls rotate_half.
    private Tensor Rotate(Tensor x_BTHE, (Tensor Cos, Tensor Sin) rotary)
    {
        var a = x_BTHE.narrow(-1, 0, headWidth / 2);
        var b = x_BTHE.narrow(-1, headWidth / 2, headWidth / 2);
        return cat([(a * rotary.Cos) - (b * rotary.Sin), (b * rotary.Cos).Plus(a * rotary.Sin)], -1);
    }

    private Tensor ForEachQueryHead(Tensor x_BKSE) => heads == keyValueHeads ? x_BKSE : x_BKSE.repeat_interleave(heads / keyValueHeads, 1);
}
