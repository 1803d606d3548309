using TorchSharp.Modules;

namespace Tppo.Learning.Models;

// D width, V vocabulary.

/// <summary>
/// All weights of a decoder but its adapters and its head. Decoders with adapters share one, which is then not trained; it is let go
/// of when the last of them is.
/// </summary>
internal sealed class Backbone : IDisposable
{
    private int holders = 1;

    /// <param name="kind">The shape.</param>
    /// <param name="weights">Where the weights come from.</param>
    internal Backbone(DecoderKind kind, Weights weights)
    {
        var (settings, form, tied, _, device) = kind;
        if (form.HeadWidth % 2 != 0) throw new ArgumentException($"the width of a head, {form.HeadWidth}, must be even", nameof(kind));
        if (settings.Heads % settings.KeyValueHeads != 0)
        {
            throw new ArgumentException($"{settings.Heads} query heads must be a multiple of {settings.KeyValueHeads} key-value heads", nameof(kind));
        }

        Kind = kind;
        Rotary = new RotaryTable(form.HeadWidth, settings.RopeTheta, form.Rope, device);
        Embedding_VD = weights.Normal(settings.InitStd, settings.Vocabulary, settings.Width);
        Blocks = [.. Enumerable.Range(0, settings.Layers).Select(_ => new BlockWeights(settings, form, weights))];
        Norm_D = weights.Ones(settings.Width);
        if (!tied) Untied_VD = weights.Normal(settings.InitStd, settings.Vocabulary, settings.Width);
    }

    internal DecoderKind Kind { get; }

    internal RotaryTable Rotary { get; }

    internal Parameter Embedding_VD { get; }

    internal BlockWeights[] Blocks { get; }

    internal Parameter Norm_D { get; }

    /// <summary>What logits go through; null: the token embedding.</summary>
    internal Parameter? Untied_VD { get; }

    /// <summary>All weights, named, in a fixed order.</summary>
    internal IEnumerable<(string Name, Parameter Parameter)> Named()
    {
        yield return ("model.embed_tokens.weight", Embedding_VD);
        for (var layer = 0; layer < Blocks.Length; layer++)
        {
            foreach (var named in Blocks[layer].Named($"model.layers.{layer}.")) yield return named;
        }

        yield return ("model.norm.weight", Norm_D);
        if (Untied_VD is not null) yield return ("lm_head.weight", Untied_VD);
    }

    /// <summary>The same for one more decoder; from now on none of its weights is trained.</summary>
    internal Backbone Share()
    {
        foreach (var (_, weight) in Named()) weight.requires_grad = false;
        holders++;
        return this;
    }

    public void Dispose()
    {
        if (--holders > 0) return;
        foreach (var (_, weight) in Named()) weight.Dispose();
        Rotary.Dispose();
    }
}
