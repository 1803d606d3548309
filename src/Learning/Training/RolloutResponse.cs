namespace Tppo.Learning.Training;

/// <summary>A sampled response, ready for an update.</summary>
/// <param name="Ids">Tokens, at least one.</param>
/// <param name="SampledLogProbs">log-prob of each as recorded when it was sampled.</param>
/// <param name="Rewards">Shaped reward of each, before KL.</param>
/// <param name="InLoss">Whether a token enters the policy loss.</param>
public sealed record RolloutResponse(int[] Ids, float[] SampledLogProbs, float[] Rewards, bool[] InLoss);
