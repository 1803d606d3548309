namespace Tppo.JudgeServer.Gguf;

/// <summary>An answer.</summary>
/// <param name="Text">What was written.</param>
/// <param name="IsCut">Whether it ended for want of room.</param>
/// <param name="PromptTokens">Tokens of the question.</param>
/// <param name="AnswerTokens">Tokens of the answer, those that had no choice among them.</param>
/// <param name="TokensKept">Tokens of the question that stood there already.</param>
internal sealed record Generated(string Text, bool IsCut, int PromptTokens, int AnswerTokens, int TokensKept);
