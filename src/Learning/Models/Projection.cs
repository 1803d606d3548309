using TorchSharp.Modules;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

// I inputs, O outputs.

/// <summary>
/// A matrix in which several linear layers lie one below the other, so that one product serves them all, and the adapters that stand
/// on some of them. Owns nothing.
/// </summary>
internal sealed class Projection
{
    private readonly Parameter weight_OI;
    private readonly Parameter? bias_O;
    private readonly (int From, int Rows, LowRank? Adapter)[] layers;

    /// <param name="weight_OI">The matrix.</param>
    /// <param name="bias_O">What is added to its outputs.</param>
    /// <param name="layers">Rows of each layer, and its adapter.</param>
    internal Projection(Parameter weight_OI, Parameter? bias_O, params ReadOnlySpan<(int Rows, LowRank? Adapter)> layers)
    {
        (this.weight_OI, this.bias_O) = (weight_OI, bias_O);
        this.layers = new (int, int, LowRank?)[layers.Length];
        for (var (i, from) = (0, 0); i < layers.Length; from += layers[i++].Rows) this.layers[i] = (from, layers[i].Rows, layers[i].Adapter);
    }

    /// <summary>Outputs of the layers from <paramref name="first"/> on, side by side, for inputs [..., I].</summary>
    internal Tensor Of(Tensor x, int first = 0)
    {
        var from = layers[first].From;
        var y = Product.Of(x, From(weight_OI, from));
        if (bias_O is not null) y = y.Plus(From(bias_O, from));
        if (!layers.Skip(first).Any(layer => layer.Adapter is not null)) return y;
        var parts = layers.Skip(first).Select(layer =>
        {
            var own = y.narrow(-1, layer.From - from, layer.Rows);
            return layer.Adapter is null ? own : own.Plus(layer.Adapter.Of(x));
        }).ToArray();
        return parts.Length == 1 ? parts[0] : cat(parts, -1);
    }

    /// <summary>Adds what the adapters say to the matrix itself.</summary>
    internal void MergeInto(Tensor merged_OI)
    {
        foreach (var (from, rows, adapter) in layers)
        {
            if (adapter is not null) merged_OI.narrow(0, from, rows).add_(adapter.Difference());
        }
    }

    private static Tensor From(Parameter all, int from) => from == 0 ? all : all.narrow(0, from, all.shape[0] - from);
}
