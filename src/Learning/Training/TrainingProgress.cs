namespace Tppo.Learning.Training;

/// <summary>How far a training session is.</summary>
/// <param name="Stage">Which session.</param>
/// <param name="Step">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
/// <param name="Tokens">Tokens computed so far, padding left out.</param>
/// <param name="Loss">Loss of the last step.</param>
public sealed record TrainingProgress(string Stage, int Step, int Steps, long Tokens, double Loss);
