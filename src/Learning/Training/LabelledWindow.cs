namespace Tppo.Learning.Training;

/// <summary>A window with its judged responses.</summary>
/// <param name="WindowId">The window's id; keys the balance mask.</param>
/// <param name="Prompt">Prompt tokens, without the response token.</param>
/// <param name="Responses">At least one, none of them empty.</param>
public sealed record LabelledWindow(string WindowId, int[] Prompt, IReadOnlyList<LabelledResponse> Responses);
