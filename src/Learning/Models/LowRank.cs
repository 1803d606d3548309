using TorchSharp.Modules;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

// I inputs, O outputs, R rank.

/// <summary>
/// A low-rank adapter on one linear layer: W + scale · B · A, of which A and B are trained and W is not. Hu et al., "LoRA: low-rank
/// adaptation of large language models" (2021), Eq. 3.
/// </summary>
/// <param name="module">The layer, as the transformers library names it: <c>model.layers.0.self_attn.q_proj</c>.</param>
/// <param name="down_RI">A. Owned.</param>
/// <param name="up_OR">B. Owned.</param>
/// <param name="scale">α / R.</param>
internal sealed class LowRank(string module, Parameter down_RI, Parameter up_OR, double scale) : IDisposable
{
    /// <summary>The layer's name.</summary>
    internal string Module => module;

    /// <summary>R.</summary>
    internal int Rank => (int)down_RI.shape[0];

    /// <summary>What the product is multiplied by.</summary>
    internal double Scale => scale;

    /// <summary>A.</summary>
    internal Parameter Down_RI => down_RI;

    /// <summary>B.</summary>
    internal Parameter Up_OR => up_OR;

    /// <summary>What it adds to the layer's outputs, [..., O], for inputs [..., I].</summary>
    internal Tensor Of(Tensor x) => Product.Of(Product.Of(x, down_RI), up_OR).Times(scale);

    /// <summary>What it adds to the layer's weights, [O, I].</summary>
    internal Tensor Difference() => up_OR.detach().matmul(down_RI.detach()).Times(scale);

    /// <summary>One of its own with equal weights.</summary>
    internal LowRank Clone() => new(module, Weights.Copy(down_RI), Weights.Copy(up_OR), scale);

    /// <summary>One that adds what several on the same layer add together, its scale 1.</summary>
    internal static LowRank Stacked(IEnumerable<LowRank> several)
    {
        LowRank[] all = [.. several];
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var down_RI = cat([.. all.Select(a => a.Down_RI.detach())], 0);
        var up_OR = cat([.. all.Select(a => a.Up_OR.detach().Times(a.Scale))], 1);
        return new LowRank(all[0].Module, Weights.Own(down_RI), Weights.Own(up_OR), 1);
    }

    public void Dispose()
    {
        down_RI.Dispose();
        up_OR.Dispose();
    }
}
