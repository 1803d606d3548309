using Tppo.Core.Progress;
using Tppo.Hosting.Instruments;

namespace Tppo.Hosting.Progress;

/// <summary>Passes a training stage's reports on, and counts what they say as metrics of a model.</summary>
/// <param name="stage">The stage.</param>
/// <param name="model">The model's name.</param>
public sealed class TrainingMeter(StageProgress stage, string model) : IProgress<StageReport>
{
    /// <inheritdoc/>
    public void Report(StageReport value)
    {
        TrainingInstruments.TrainTokens.WithLabels(model).Inc(value.Tokens);
        TrainingInstruments.TrainSteps.WithLabels(model).Inc(value.OptimiserSteps);
        stage.Report(value);
    }
}
