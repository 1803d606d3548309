using Tppo.Core.Judging.Reading;

namespace Tppo.Hosting.Judges.Chat;

/// <summary>What a chat endpoint answered.</summary>
/// <param name="Completion">The answer; its content is null where it chose nothing.</param>
/// <param name="PromptTokens">Tokens that it says it was sent; null where it does not say.</param>
/// <param name="CompletionTokens">Tokens that it says it sent.</param>
public sealed record ChatAnswer(Completion Completion, int? PromptTokens, int? CompletionTokens);
