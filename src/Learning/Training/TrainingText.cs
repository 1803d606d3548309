namespace Tppo.Learning.Training;

/// <summary>What supervised fine-tuning learns from one window.</summary>
/// <param name="Id">The window's id.</param>
/// <param name="Prompt">Prompt tokens, without the response token.</param>
/// <param name="Response">Response tokens, end token included.</param>
public sealed record TrainingText(string Id, int[] Prompt, int[] Response);
