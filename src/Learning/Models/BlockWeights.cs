using TorchSharp.Modules;
using Tppo.Core.Settings;

namespace Tppo.Learning.Models;

// D width, O outputs of layers that lie in one matrix, E width of a head, F feed-forward width.

/// <summary>The weights of one transformer block.</summary>
internal sealed class BlockWeights
{
    internal BlockWeights(ModelSettings settings, DecoderForm form, Weights weights)
    {
        var width = settings.Width;
        var outputs = (settings.Heads + (2 * settings.KeyValueHeads)) * form.HeadWidth;
        var outputStd = settings.InitStd / Math.Sqrt(2 * settings.Layers);
        AttentionNorm_D = weights.Ones(width);
        QueryKeyValue_OD = weights.Normal(settings.InitStd, outputs, width);
        if (form.Biased) Bias_O = weights.Zeros(outputs);
        if (form.HeadNorms) (QueryNorm_E, KeyNorm_E) = (weights.Ones(form.HeadWidth), weights.Ones(form.HeadWidth));
        Output_DD = weights.Normal(outputStd, width, settings.Heads * form.HeadWidth);
        FeedForwardNorm_D = weights.Ones(width);
        GateUp_OD = weights.Normal(settings.InitStd, 2 * settings.FeedForward, width);
        Down_DF = weights.Normal(outputStd, width, settings.FeedForward);
    }

    internal Parameter AttentionNorm_D { get; }

    /// <summary>Query, key and value projections, one below the other.</summary>
    internal Parameter QueryKeyValue_OD { get; }

    internal Parameter? Bias_O { get; }

    internal Parameter? QueryNorm_E { get; }

    internal Parameter? KeyNorm_E { get; }

    internal Parameter Output_DD { get; }

    internal Parameter FeedForwardNorm_D { get; }

    /// <summary>Gate and up projections, one below the other.</summary>
    internal Parameter GateUp_OD { get; }

    internal Parameter Down_DF { get; }

    /// <summary>All of them, named, in a fixed order.</summary>
    internal IEnumerable<(string Name, Parameter Parameter)> Named(string prefix)
    {
        yield return ($"{prefix}input_layernorm.weight", AttentionNorm_D);
        yield return ($"{prefix}self_attn.qkv_proj.weight", QueryKeyValue_OD);
        if (Bias_O is not null) yield return ($"{prefix}self_attn.qkv_proj.bias", Bias_O);
        if (QueryNorm_E is not null) yield return ($"{prefix}self_attn.q_norm.weight", QueryNorm_E);
        if (KeyNorm_E is not null) yield return ($"{prefix}self_attn.k_norm.weight", KeyNorm_E);
        yield return ($"{prefix}self_attn.o_proj.weight", Output_DD);
        yield return ($"{prefix}post_attention_layernorm.weight", FeedForwardNorm_D);
        yield return ($"{prefix}mlp.gate_up_proj.weight", GateUp_OD);
        yield return ($"{prefix}mlp.down_proj.weight", Down_DF);
    }
}
