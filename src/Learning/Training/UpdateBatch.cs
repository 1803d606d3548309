namespace Tppo.Learning.Training;

/// <summary>The rollouts of one update.</summary>
/// <param name="Prompts">Prompts, without the response token.</param>
/// <param name="Responses">Responses of each prompt.</param>
/// <param name="Seed">Seed of the minibatches' order.</param>
public sealed record UpdateBatch(IReadOnlyList<int[]> Prompts, IReadOnlyList<IReadOnlyList<RolloutResponse>> Responses, long Seed);
