using Tppo.Core.Judging;

namespace Tppo.Facts.Judgements;

/// <summary>An answer that has just come, to be appended.</summary>
/// <param name="Judgement">Content hash of the question.</param>
/// <param name="Attempt">How often the same was asked before.</param>
/// <param name="Rollout">The rollout for which it was asked.</param>
/// <param name="User">The rollout's user; null: nobody's.</param>
/// <param name="Purpose">What for.</param>
/// <param name="Model">Who answered.</param>
/// <param name="Template">What it was asked.</param>
/// <param name="Reply">The answer.</param>
public sealed record GivenAnswer(
    string Judgement, int Attempt, string Rollout, string? User, string Purpose, string Model, string Template, JudgeReply Reply);
