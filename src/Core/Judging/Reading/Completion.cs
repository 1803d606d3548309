namespace Tppo.Core.Judging.Reading;

/// <summary>What a chat endpoint gave back.</summary>
/// <param name="Content">The text; null where there is none.</param>
/// <param name="Refusal">Why it would not answer; null where it did.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c> and others; null where it was not said.</param>
public sealed record Completion(string? Content, string? Refusal = null, string? FinishReason = null);
