using System.Globalization;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

/// <summary>
/// A decoder's weights under the names that the transformers library gives them. Query, key and value projections, and gate
/// and up projections, are one matrix each here and apart there.
/// </summary>
internal static class DecoderNames
{
    private const string FusedAttention = "self_attn.qkv_proj.";
    private const string BlockPrefix = "model.layers.";
    private const string LinearWeight = "_proj.weight";
    private const string FusedGate = "mlp.gate_up_proj.weight";

    /// <summary>Views of the weights, named, without adapters; valid as long as the decoder.</summary>
    internal static IEnumerable<(string Name, Tensor Weight)> Export(Decoder decoder)
    {
        foreach (var (name, parameter) in decoder.Backbone.Named().Concat(decoder.NamedHead()))
        {
            foreach (var (partName, offset, rows) in Parts(decoder, name))
            {
                yield return (partName, rows < 0 ? parameter.detach() : parameter.detach().narrow(0, offset, rows));
            }
        }
    }

    /// <summary>Names and shapes of the weights of a decoder that is not made yet.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> Shapes(DecoderKind kind, DecoderHead head)
    {
        var (settings, form) = (kind.Settings, kind.Form);
        long width = settings.Width, feedForward = settings.FeedForward;
        long queries = (long)settings.Heads * form.HeadWidth, keys = (long)settings.KeyValueHeads * form.HeadWidth;
        yield return ("model.embed_tokens.weight", [settings.Vocabulary, width]);
        for (var layer = 0; layer < settings.Layers; layer++)
        {
            var (prefix, attention) = ($"model.layers.{layer}.", $"model.layers.{layer}.self_attn.");
            yield return ($"{prefix}input_layernorm.weight", [width]);
            foreach (var (part, rows) in ((string, long)[])[("q_proj", queries), ("k_proj", keys), ("v_proj", keys)])
            {
                yield return ($"{attention}{part}.weight", [rows, width]);
                if (form.Biased) yield return ($"{attention}{part}.bias", [rows]);
            }

            if (form.HeadNorms) yield return ($"{attention}q_norm.weight", [form.HeadWidth]);
            if (form.HeadNorms) yield return ($"{attention}k_norm.weight", [form.HeadWidth]);
            yield return ($"{attention}o_proj.weight", [width, queries]);
            yield return ($"{prefix}post_attention_layernorm.weight", [width]);
            yield return ($"{prefix}mlp.gate_proj.weight", [feedForward, width]);
            yield return ($"{prefix}mlp.up_proj.weight", [feedForward, width]);
            yield return ($"{prefix}mlp.down_proj.weight", [width, feedForward]);
        }

        yield return ("model.norm.weight", [width]);
        if (!kind.Tied) yield return ("lm_head.weight", [settings.Vocabulary, width]);
        foreach (var named in Head(kind, head)) yield return named;
    }

    /// <summary>Names and shapes of a head's weights.</summary>
    internal static IEnumerable<(string Name, long[] Shape)> Head(DecoderKind kind, DecoderHead head)
    {
        if (head == DecoderHead.None) yield break;
        yield return ("score.weight", [Decoder.Outputs(head), kind.Settings.Width]);
        yield return ("score.bias", [Decoder.Outputs(head)]);
    }

    /// <summary>The linear layers of all blocks, those on which adapters may stand, with their inputs and outputs.</summary>
    internal static IEnumerable<(string Module, int Block, int Outputs, int Inputs)> Linear(DecoderKind kind) =>
        from named in Shapes(kind, DecoderHead.None)
        where named.Name.EndsWith(LinearWeight, StringComparison.Ordinal)
        let block = named.Name[BlockPrefix.Length..named.Name.IndexOf('.', BlockPrefix.Length)]
        select (named.Name[..^".weight".Length], int.Parse(block, CultureInfo.InvariantCulture), (int)named.Shape[0], (int)named.Shape[1]);

    private static IEnumerable<(string Name, int Offset, int Rows)> Parts(Decoder decoder, string name)
    {
        var settings = decoder.Settings;
        var headWidth = decoder.Kind.Form.HeadWidth;
        if (name.IndexOf(FusedAttention, StringComparison.Ordinal) is var at && at >= 0)
        {
            var (prefix, kind) = (name[..at], name[(at + FusedAttention.Length)..]);
            var (queries, keys) = (settings.Heads * headWidth, settings.KeyValueHeads * headWidth);
            yield return ($"{prefix}self_attn.q_proj.{kind}", 0, queries);
            yield return ($"{prefix}self_attn.k_proj.{kind}", queries, keys);
            yield return ($"{prefix}self_attn.v_proj.{kind}", queries + keys, keys);
        }
        else if (name.EndsWith(FusedGate, StringComparison.Ordinal))
        {
            var prefix = name[..^FusedGate.Length];
            yield return ($"{prefix}mlp.gate_proj.weight", 0, settings.FeedForward);
            yield return ($"{prefix}mlp.up_proj.weight", settings.FeedForward, settings.FeedForward);
        }
        else
        {
            yield return (name, 0, -1);
        }
    }
}
