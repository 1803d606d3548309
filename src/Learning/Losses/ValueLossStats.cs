namespace Tppo.Learning.Losses;

/// <summary>Figures of one <see cref="ValueLoss"/>, means over its mask.</summary>
/// <param name="Loss">The loss.</param>
/// <param name="ClipFraction">Share of tokens whose clipped error is the larger one.</param>
public sealed record ValueLossStats(double Loss, double ClipFraction);
