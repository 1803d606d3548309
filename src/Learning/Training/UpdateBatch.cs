namespace Tppo.Learning.Training;

/// <summary>The rollouts of one update.</summary>
/// <param name="Windows">Responses by window; those of one window share its prompt.</param>
/// <param name="Seed">Seed of the minibatches' order.</param>
public sealed record UpdateBatch(IReadOnlyList<IReadOnlyList<Trajectory>> Windows, long Seed);
