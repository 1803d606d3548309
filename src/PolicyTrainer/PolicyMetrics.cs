using Tppo.Hosting;
using Tppo.Learning.Native;

namespace Tppo.PolicyTrainer;

/// <summary>Maps an update's figures to metrics.</summary>
internal static class PolicyMetrics
{
    public static void Set(UpdatePoint point)
    {
        var stats = point.Stats;
        Metrics.ObjectiveKl.Set(stats.Kl);
        Metrics.ObjectiveEntropy.Set(stats.Entropy);
        Metrics.ObjectiveScores.Set(stats.Scores);
        Metrics.ObjectiveRlhfReward.Set(stats.RlhfReward);
        Metrics.PolicyApproximateKl.Set(stats.ApproximateKl);
        Metrics.PolicyClipFraction.Set(stats.ClipFraction);
        Metrics.LossPolicy.Set(stats.PolicyLoss);
        Metrics.LossValue.Set(stats.ValueLoss);
        Metrics.ValueClipFraction.Set(stats.ValueClipFraction);
        Metrics.ValueRatio.Set(stats.Ratio);
        Metrics.CriticExplainedVariance.Set(stats.ExplainedVariance);
        Metrics.ActorGradientNorm.Set(stats.GradientNorm);
        Metrics.ResponseLength.Set(stats.ResponseLength);
        Metrics.ResponseNoEos.Set(stats.NoEosRatio);
        Metrics.DistinctWords.Set(point.DistinctWords);
        Metrics.PolicyVersion.Set(point.Update);
        Metrics.NativeTensors.Set(TorchRuntime.LiveTensors);
    }
}
