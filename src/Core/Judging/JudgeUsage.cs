namespace Tppo.Core.Judging;

/// <summary>What an answer took.</summary>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="CostUsd">Dollars.</param>
public readonly record struct JudgeUsage(int PromptTokens, int CompletionTokens, double CostUsd)
{
    /// <summary>Both directions.</summary>
    public long Tokens => (long)PromptTokens + CompletionTokens;

    /// <summary>Two together.</summary>
    public static JudgeUsage operator +(JudgeUsage a, JudgeUsage b) =>
        new(a.PromptTokens + b.PromptTokens, a.CompletionTokens + b.CompletionTokens, a.CostUsd + b.CostUsd);
}
