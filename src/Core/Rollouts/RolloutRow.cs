namespace Tppo.Core.Rollouts;

/// <summary>One sampled response, a row of <c>rollouts.v1</c>. The per-token arrays run along <see cref="ResponseIds"/>.</summary>
public sealed record RolloutRow
{
    /// <summary>The id of this response.</summary>
    public required string RolloutId { get; init; }

    /// <summary>The window whose history is the prompt.</summary>
    public required string WindowId { get; init; }

    /// <summary>The user's pseudonym.</summary>
    public required string User { get; init; }

    /// <summary><c>label</c>, <c>update</c> or <c>evaluation</c>; only labels are judged for training.</summary>
    public required string Purpose { get; init; }

    /// <summary>The policy that sampled it.</summary>
    public required string PolicyVersion { get; init; }

    /// <summary>Which of the window's responses, from 0.</summary>
    public required int Sample { get; init; }

    /// <summary>The seed of its sampling.</summary>
    public required long Seed { get; init; }

    /// <summary>Token ids of the prompt.</summary>
    public required int[] PromptIds { get; init; }

    /// <summary>Token ids of the response.</summary>
    public required int[] ResponseIds { get; init; }

    /// <summary>Natural log-probability of each response token under the policy that sampled it.</summary>
    public required float[] LogProbs { get; init; }

    /// <summary>First byte of each token in <see cref="Response"/> as UTF-8.</summary>
    public required int[] ByteStarts { get; init; }

    /// <summary>The byte after each token's last one.</summary>
    public required int[] ByteEnds { get; init; }

    /// <summary>The response's text, the space before it included.</summary>
    public required string Response { get; init; }

    /// <summary>False: cut off at the greatest length.</summary>
    public required bool Finished { get; init; }
}
