namespace Tppo.Learning.Training;

/// <summary>The reward model's probabilities of the three categories at each token of a response; they sum to 1.</summary>
/// <param name="P0">Of no word.</param>
/// <param name="P1">Irrelevant.</param>
/// <param name="P2">Relevant.</param>
public sealed record TokenScores(float[] P0, float[] P1, float[] P2);
