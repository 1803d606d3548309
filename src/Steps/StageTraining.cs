using Tppo.Core.Progress;
using Tppo.Learning.Training;

namespace Tppo.Steps;

/// <summary>Tells of a training session, optimiser step by optimiser step, as of a stage of a run.</summary>
internal sealed class StageTraining(IProgress<StageReport> stage) : IProgress<TrainingProgress>
{
    private long tokens;

    public void Report(TrainingProgress value)
    {
        stage.Report(new StageReport(value.Step, value.Steps, FormattableString.Invariant($"loss {value.Loss:F3}"), value.Tokens - tokens, OptimiserSteps: 1));
        tokens = value.Tokens;
    }
}
