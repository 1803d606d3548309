namespace Tppo.Learning.Training;

/// <summary>Figures of one training step.</summary>
/// <param name="Step">Its number, from 1.</param>
/// <param name="Tokens">Tokens computed in it, padding left out.</param>
/// <param name="Loss">What was minimised.</param>
/// <param name="GradientNorm">Joint norm of the gradients before the clip.</param>
/// <param name="LearningRate">Rate of the step.</param>
public sealed record StepStats(int Step, long Tokens, double Loss, double GradientNorm, double LearningRate)
{
    /// <summary>The reward model's local loss; null elsewhere.</summary>
    public double? LossLocal { get; init; }

    /// <summary>The reward model's global loss; null elsewhere.</summary>
    public double? LossGlobal { get; init; }
}
