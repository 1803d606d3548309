using TorchSharp.Modules;
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
internal sealed class DecoderBlock : nn.Module
{
    private readonly int heads;
    private readonly int keyValueHeads;
    private readonly int headWidth;
    private readonly int feedForward;
    private readonly double epsilon;
    private readonly Parameter attentionNorm_D;
    private readonly Parameter queryKeyValue_OD; // query, key and value projections, one below the other: one product instead of three
    private readonly Parameter? bias_O;
    private readonly Parameter? queryNorm_E;
    private readonly Parameter? keyNorm_E;
    private readonly Parameter output_DD;
    private readonly Parameter feedForwardNorm_D;
    private readonly Parameter gateUp_OD;
    private readonly Parameter down_DF;

    internal DecoderBlock(ModelSettings settings, DecoderForm form, Weights weights)
        : base(nameof(DecoderBlock))
    {
        var width = settings.Width;
        (heads, keyValueHeads, headWidth) = (settings.Heads, settings.KeyValueHeads, form.HeadWidth);
        (feedForward, epsilon) = (settings.FeedForward, settings.NormEpsilon);
        var outputStd = settings.InitStd / Math.Sqrt(2 * settings.Layers);
        attentionNorm_D = weights.Ones(width);
        queryKeyValue_OD = weights.Normal(settings.InitStd, (heads + (2 * keyValueHeads)) * headWidth, width);
        if (form.Biased) bias_O = weights.Zeros((heads + (2 * keyValueHeads)) * headWidth);
        if (form.HeadNorms) (queryNorm_E, keyNorm_E) = (weights.Ones(headWidth), weights.Ones(headWidth));
        output_DD = weights.Normal(outputStd, width, heads * headWidth);
        feedForwardNorm_D = weights.Ones(width);
        gateUp_OD = weights.Normal(settings.InitStd, 2 * feedForward, width);
        down_DF = weights.Normal(outputStd, width, feedForward);
        RegisterComponents();
    }

    /// <summary>x · w / √(mean(x²) + ε), over the last dimension.</summary>
    internal static Tensor Norm(Tensor x, Tensor weight_D, double epsilon) => x * rsqrt(x.Squared().mean([-1], true).Plus(epsilon)) * weight_D;

    /// <summary>Queries [B,H,T,E], keys and values [B,K,T,E], queries and keys turned by their positions.</summary>
    internal (Tensor Query, Tensor Key, Tensor Value) QueryKeyValue(Tensor x_BTD, int rows, int tokens, (Tensor Cos, Tensor Sin) rotary)
    {
        var all_BTO = Product.Of(Norm(x_BTD, attentionNorm_D, epsilon), queryKeyValue_OD);
        if (bias_O is not null) all_BTO = all_BTO.Plus(bias_O);
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
        var both_BTO = Product.Of(Norm(x_BTD, attentionNorm_D, epsilon), queryKeyValue_OD.narrow(0, heads * headWidth, 2 * width));
        if (bias_O is not null) both_BTO = both_BTO.Plus(bias_O.narrow(0, heads * headWidth, 2 * width));
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
        var y_BTD = x_BTD.Plus(Product.Of(mixed_BTD, output_DD));
        var gateUp_BTF = Product.Of(Norm(y_BTD, feedForwardNorm_D, epsilon), gateUp_OD);
        var hidden_BTF = F.silu(gateUp_BTF.narrow(-1, 0, feedForward)) * gateUp_BTF.narrow(-1, feedForward, feedForward);
        return y_BTD.Plus(Product.Of(hidden_BTF, down_DF));
    }

    /// <summary>Own parameters, named, in a fixed order.</summary>
    internal IEnumerable<(string Name, Parameter Parameter)> Named(string prefix)
    {
        yield return ($"{prefix}input_layernorm.weight", attentionNorm_D);
        yield return ($"{prefix}self_attn.qkv_proj.weight", queryKeyValue_OD);
        if (bias_O is not null) yield return ($"{prefix}self_attn.qkv_proj.bias", bias_O);
        if (queryNorm_E is not null) yield return ($"{prefix}self_attn.q_norm.weight", queryNorm_E);
        if (keyNorm_E is not null) yield return ($"{prefix}self_attn.k_norm.weight", keyNorm_E);
        yield return ($"{prefix}self_attn.o_proj.weight", output_DD);
        yield return ($"{prefix}post_attention_layernorm.weight", feedForwardNorm_D);
        yield return ($"{prefix}mlp.gate_up_proj.weight", gateUp_OD);
        yield return ($"{prefix}mlp.down_proj.weight", down_DF);
    }

    // Queries first, keys behind them: each head's own norm, by the one weight that all queries have, and the one that all keys have.
    private Tensor HeadNorm(Tensor x_BTHE, int queries)
    {
        if (queryNorm_E is null || keyNorm_E is null) return x_BTHE;
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
