using Tppo.Learning.Models;

namespace Tppo.Learning.Training;

/// <summary>What reward-model training gives.</summary>
/// <param name="Model">The trained decoder with its category head; the caller owns it.</param>
/// <param name="Curve">Figures of every step.</param>
public sealed record RewardModelResult(Decoder Model, IReadOnlyList<StepStats> Curve);
