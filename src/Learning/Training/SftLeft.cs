using Tppo.Learning.Models;
using static TorchSharp.torch;

namespace Tppo.Learning.Training;

/// <summary>Supervised fine-tuning as it stood between two steps: what it goes on from gives the same bits as one that never stopped.</summary>
/// <param name="Policy">The policy; whoever goes on with it owns it.</param>
/// <param name="Optimiser">State of its optimiser, as <see cref="AdamW.State"/> gives it.</param>
/// <param name="Curve">Figures of the steps behind.</param>
public sealed record SftLeft(Decoder Policy, IReadOnlyDictionary<string, Tensor> Optimiser, IReadOnlyList<StepStats> Curve) : IDisposable
{
    /// <summary>Lets go of the optimiser's state.</summary>
    public void Dispose()
    {
        foreach (var tensor in Optimiser.Values) tensor.Dispose();
    }
}
