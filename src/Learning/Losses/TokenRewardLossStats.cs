namespace Tppo.Learning.Losses;

/// <summary>Figures of one <see cref="TokenRewardLoss"/>.</summary>
/// <param name="Total">The weighted sum that is minimised.</param>
/// <param name="Local">Weighted cross-entropy, in nats a token of V.</param>
/// <param name="Global">Mean square error of whole responses, on the scale of categories.</param>
/// <param name="ClassWeights">Weights of categories 0, 1 and 2.</param>
public sealed record TokenRewardLossStats(double Total, double Local, double Global, IReadOnlyList<double> ClassWeights);
