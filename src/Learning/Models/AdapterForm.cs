using Tppo.Core.Numerics;

namespace Tppo.Learning.Models;

/// <summary>On which layers adapters stand, and how large they are.</summary>
/// <param name="Rank">R.</param>
/// <param name="Alpha">α; what an adapter adds is multiplied by α / R.</param>
/// <param name="Targets">Layers by the last part of their names: q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj.</param>
/// <param name="FromLayer">The first block with adapters; those below are left as they are.</param>
public sealed record AdapterForm(int Rank, double Alpha, IReadOnlyList<string> Targets, int FromLayer = 0)
{
    /// <summary>All linear layers of a block.</summary>
    public static IReadOnlyList<string> AllLinear { get; } = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    /// <summary>Adapters that change nothing yet: A uniform between ±1/√I, as PyTorch draws a linear layer's weights, and B zero.</summary>
    /// <param name="kind">The decoder's shape.</param>
    /// <param name="random">Where A is drawn from.</param>
    internal IReadOnlyList<LowRank> Fresh(DecoderKind kind, SeededRandom random)
    {
        var weights = new Weights(kind.Device, random);
        var layers = DecoderNames.Linear(kind).Where(l => l.Block >= FromLayer && Targets.Contains(l.Module[(l.Module.LastIndexOf('.') + 1)..]));
        return
        [
            .. layers.Select(l => new LowRank(
                l.Module, weights.Uniform(1 / Math.Sqrt(l.Inputs), Rank, l.Inputs), weights.Zeros(l.Outputs, Rank), Alpha / Rank)),
        ];
    }
}
