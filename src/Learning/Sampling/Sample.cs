namespace Tppo.Learning.Sampling;

/// <summary>One sampled response.</summary>
/// <param name="Ids">Its tokens, the end token included where it ended by itself.</param>
/// <param name="LogProbs">log P of each token, in nats, at the temperature it was drawn at.</param>
/// <param name="Finished">Whether it ended by itself; false where it was cut at the limit.</param>
public sealed record Sample(int[] Ids, float[] LogProbs, bool Finished);
