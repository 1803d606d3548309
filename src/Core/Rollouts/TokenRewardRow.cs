using Tppo.Core.Judging;

namespace Tppo.Core.Rollouts;

/// <summary>The judge's verdict on one response, token by token: a row of <c>token-rewards.v1</c>.</summary>
public sealed record TokenRewardRow
{
    /// <summary>The response that was judged.</summary>
    public required string RolloutId { get; init; }

    /// <summary>The judgement that says so.</summary>
    public required string JudgementId { get; init; }

    /// <summary>The user's pseudonym.</summary>
    public required string User { get; init; }

    /// <summary>Token ids of the response.</summary>
    public required int[] ResponseIds { get; init; }

    /// <summary>The word that each token belongs to, from 0; −1: to none.</summary>
    public required int[] WordIndex { get; init; }

    /// <summary>The category of each token.</summary>
    public required Category[] Categories { get; init; }

    /// <summary>The category of the whole response.</summary>
    public required Category Sentence { get; init; }

    /// <summary>SHA-256 of the tokenizer that made the ids.</summary>
    public required string TokenizerSha256 { get; init; }
}
