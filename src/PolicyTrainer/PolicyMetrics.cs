using Tppo.Hosting.Instruments;
using Tppo.Learning.Native;
using Tppo.Steps;

namespace Tppo.PolicyTrainer;

/// <summary>Maps an update's figures to metrics.</summary>
internal static class PolicyMetrics
{
    public static void Set(UpdatePoint point)
    {
        var stats = point.Stats;
        PolicyInstruments.ObjectiveKl.Set(stats.Kl);
        PolicyInstruments.ObjectiveEntropy.Set(stats.Entropy);
        PolicyInstruments.ObjectiveScores.Set(stats.Scores);
        PolicyInstruments.ObjectiveRlhfReward.Set(stats.RlhfReward);
        PolicyInstruments.PolicyApproximateKl.Set(stats.ApproximateKl);
        PolicyInstruments.PolicyClipFraction.Set(stats.ClipFraction);
        PolicyInstruments.LossPolicy.Set(stats.PolicyLoss);
        PolicyInstruments.LossValue.Set(stats.ValueLoss);
        PolicyInstruments.ValueClipFraction.Set(stats.ValueClipFraction);
        PolicyInstruments.ValueRatio.Set(stats.Ratio);
        PolicyInstruments.CriticExplainedVariance.Set(stats.ExplainedVariance ?? double.NaN);
        PolicyInstruments.ActorGradientNorm.Set(stats.GradientNorm);
        PolicyInstruments.ResponseLength.Set(stats.ResponseLength);
        PolicyInstruments.ResponseNoEos.Set(stats.NoEosRatio);
        PolicyInstruments.DistinctWords.Set(point.DistinctWords ?? double.NaN);
        PolicyInstruments.PolicyVersion.Set(point.Update);
        TrainingInstruments.NativeTensors.Set(TorchRuntime.LiveTensors);
    }
}
