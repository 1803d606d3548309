using Tppo.Learning.Models;

namespace Tppo.Learning.Training;

/// <summary>What supervised fine-tuning gives.</summary>
/// <param name="Policy">The trained decoder; the caller owns it.</param>
/// <param name="Curve">Figures of every step.</param>
public sealed record SftResult(Decoder Policy, IReadOnlyList<StepStats> Curve);
