using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>Reward shaping: map, new words, copies, repeats, length penalty, division, form, KL, in this order. A run setting.</summary>
public sealed record ShapingSettings
{
    /// <summary>How a category becomes a reward. Default Signed.</summary>
    public RewardMap Map { get; init; } = RewardMap.Signed;

    /// <summary>Whether each token or each word is paid. Default Token.</summary>
    public RewardGranularity Granularity { get; init; } = RewardGranularity.Token;

    /// <summary>Whether a repeated word's tokens get <see cref="RepeatValue"/> in place of their reward. Default true.</summary>
    public bool RepeatRule { get; init; } = true;

    /// <summary>Reward of a repeated word's tokens. Default −1.</summary>
    [Range(-10.0, 10.0)] public double RepeatValue { get; init; } = -1;

    /// <summary>
    /// Whether tokens of a query that equals a search of the history (by stems, in order) earn at most <see cref="CopiedValue"/>. Default
    /// false; true with a pretrained base: where a judge pays every word of the history, a policy otherwise ends in one copied query.
    /// </summary>
    public bool CopyRule { get; init; }

    /// <summary>Most that a token of a copied query earns. Default −1.</summary>
    [Range(-10.0, 10.0)] public double CopiedValue { get; init; } = -1;

    /// <summary>Whether a query whose words all stand in the history (by stems, in any event's text) earns at most 0. Default false.</summary>
    public bool NewWordRule { get; init; }

    /// <summary>How the length penalty enters. Default Shifted.</summary>
    public LengthPenalty Penalty { get; init; } = LengthPenalty.Shifted;

    /// <summary>Steepness α of the length penalty, per token. Default 1.</summary>
    [Range(0.001, 100.0)] public double Alpha { get; init; } = 1;

    /// <summary>Soft length sl, in tokens, at which the penalty's weight is 0.9975. Default 20.</summary>
    [Range(0.0, 100_000.0)] public double SoftLength { get; init; } = 20;

    /// <summary>Whether rewards are divided by the response's number of words. Default true.</summary>
    public bool DivideByWords { get; init; } = true;

    /// <summary>
    /// Added to the last token's reward where a response has other than k queries: such a response is never relevant, and
    /// nothing else in a mean over words holds their number. Default −0.5; 0 leaves it out, as the paper does.
    /// </summary>
    [Range(-10.0, 0.0)] public double MalformedValue { get; init; } = -0.5;

    /// <summary>
    /// Taken from the last token's reward, undivided, where a response has other than k queries or never ended. Default 0; 1 with a
    /// pretrained base.
    /// </summary>
    [Range(0.0, 10.0)] public double FormPenalty { get; init; }

    /// <summary>Weight β of the per-token KL against the reference policy. Default 0.05.</summary>
    [Range(0.0, 100.0)] public double KlWeight { get; init; } = 0.05;
}
