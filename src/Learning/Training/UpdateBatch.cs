namespace Tppo.Learning.Training;

/// <summary>The rollouts of one update.</summary>
/// <param name="Windows">Responses by window; those of one window share its prompt.</param>
/// <param name="Seed">Seed of the minibatches' order.</param>
public sealed record UpdateBatch(IReadOnlyList<IReadOnlyList<Trajectory>> Windows, long Seed)
{
    /// <summary>What people really searched next, as response tokens, window by window; empty where that is no part of the loss.</summary>
    public IReadOnlyList<int[]> RealTargets { get; init; } = [];
}
