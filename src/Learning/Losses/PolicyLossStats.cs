namespace Tppo.Learning.Losses;

/// <summary>Figures of one <see cref="PolicyLoss"/>, means over its mask.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="ClipFraction">Share of tokens whose clipped term is the larger one, so that they give no gradient.</param>
/// <param name="KlToOld">Mean of log π_old − log π: the k1 estimate of the divergence from π_old.</param>
/// <param name="ApproximateKl">Half the mean square of log π − log π_old: the k2 estimate.</param>
/// <param name="Ratio">Mean of π / π_old.</param>
public sealed record PolicyLossStats(double Loss, double ClipFraction, double KlToOld, double ApproximateKl, double Ratio);
