namespace Tppo.Core.Progress;

/// <summary>How far a stage of a run is, as who does the work tells it.</summary>
/// <param name="Done">How far.</param>
/// <param name="Total">Of how much; 0 where that is not known.</param>
/// <param name="Text">A few words about it.</param>
/// <param name="Tokens">Tokens trained on since the report before.</param>
/// <param name="OptimiserSteps">Steps of an optimiser since the report before.</param>
public readonly record struct StageReport(double Done, double Total, string Text, long Tokens = 0, int OptimiserSteps = 0);
