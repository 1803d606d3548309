using Tppo.Learning.Models;
using static TorchSharp.torch;

namespace Tppo.Learning.Training;

/// <summary>Some windows of an update with their responses as tensors, flat over response tokens (N), in the order in which the tree is read.</summary>
internal sealed class Minibatch
{
    internal required TreeBatch Tree { get; init; }

    /// <summary>What people really searched next, a response a window; null where that is no part of the loss.</summary>
    internal TreeBatch? RealTargets { get; init; }

    internal required Tensor OldLogProbs_N { get; init; }

    internal required Tensor OldValues_N { get; init; }

    internal required Tensor Advantages_N { get; init; }

    internal required Tensor Returns_N { get; init; }

    internal required Tensor InLoss_N { get; init; }
}
