namespace Tppo.Learning.Training;

/// <summary>Rates computed from a step's place alone: there is no state that a restart could lose.</summary>
internal static class LearningRate
{
    /// <summary>peak · min(1, (step + 1) / warm-up) · (final + (1 − final)(1 − done)), step from 0, done the share that lies behind.</summary>
    internal static double At(double peak, int step, int warmupSteps, double done, double finalShare)
    {
        var rise = warmupSteps == 0 ? 1 : Math.Min(1, (step + 1.0) / warmupSteps);
        return peak * rise * (finalShare + ((1 - finalShare) * (1 - done)));
    }
}
