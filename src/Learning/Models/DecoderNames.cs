using static TorchSharp.torch;

namespace Tppo.Learning.Models;

/// <summary>
/// A decoder's weights under the names that the transformers library gives them. Query, key and value projections, and gate
/// and up projections, are one matrix each here and apart there.
/// </summary>
internal static class DecoderNames
{
    private const string FusedAttention = "self_attn.qkv_proj.weight";
    private const string FusedGate = "mlp.gate_up_proj.weight";

    /// <summary>Views of the weights, named; valid as long as the decoder.</summary>
    internal static IEnumerable<(string Name, Tensor Weight)> Export(Decoder decoder)
    {
        foreach (var (name, parameter) in decoder.Named())
        {
            foreach (var (partName, offset, rows) in Parts(decoder, name))
            {
                yield return (partName, rows < 0 ? parameter.detach() : parameter.detach().narrow(0, offset, rows));
            }
        }
    }

    /// <summary>Copies weights in by name; every one must be there, in its shape.</summary>
    /// <exception cref="InvalidDataException">A weight is missing or of another shape.</exception>
    internal static void Import(Decoder decoder, IReadOnlyDictionary<string, Tensor> weights)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        foreach (var (name, target) in Export(decoder))
        {
            if (!weights.TryGetValue(name, out var source)) throw new InvalidDataException($"the weights lack {name}");
            if (!source.shape.SequenceEqual(target.shape))
            {
                throw new InvalidDataException($"{name} has shape [{string.Join(", ", source.shape)}], expected [{string.Join(", ", target.shape)}]");
            }

            target.copy_(source);
        }
    }

    private static IEnumerable<(string Name, int Offset, int Rows)> Parts(Decoder decoder, string name)
    {
        var settings = decoder.Settings;
        var headWidth = settings.Width / settings.Heads;
        if (name.EndsWith(FusedAttention, StringComparison.Ordinal))
        {
            var prefix = name[..^FusedAttention.Length];
            var (queries, keys) = (settings.Heads * headWidth, settings.KeyValueHeads * headWidth);
            yield return ($"{prefix}self_attn.q_proj.weight", 0, queries);
            yield return ($"{prefix}self_attn.k_proj.weight", queries, keys);
            yield return ($"{prefix}self_attn.v_proj.weight", queries + keys, keys);
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
