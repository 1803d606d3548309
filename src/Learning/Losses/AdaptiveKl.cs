namespace Tppo.Learning.Losses;

/// <summary>Moves the KL weight so that the measured divergence stays near a target.</summary>
public static class AdaptiveKl
{
    private const double ErrorMax = 0.2;

    /// <summary>
    /// β′ = β · (1 + clip(KL / target − 1, −0.2, 0.2) · steps / horizon). Ziegler et al., "Fine-tuning language models from human
    /// preferences" (2019), section 2.2.
    /// </summary>
    /// <param name="beta">β, at least 0.</param>
    /// <param name="kl">KL of this batch, in nats a response.</param>
    /// <param name="target">Wanted KL, above 0.</param>
    /// <param name="horizon">Responses over which β may change by a fifth of itself, above 0.</param>
    /// <param name="steps">Responses in this batch.</param>
    public static double Next(double beta, double kl, double target, double horizon, double steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(beta);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(target);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(horizon);
        var error = Math.Clamp((kl / target) - 1, -ErrorMax, ErrorMax);
        return beta * (1 + (error * steps / horizon));
    }
}
