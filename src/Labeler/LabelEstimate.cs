namespace Tppo.Labeler;

/// <summary>What labels would take that are not on the log yet.</summary>
public sealed record LabelEstimate
{
    /// <summary>Responses on the log that are to be labelled.</summary>
    public required long Rollouts { get; init; }

    /// <summary>Those of them whose answers stand already.</summary>
    public required long Answered { get; init; }

    /// <summary>Responses that the run will sample, as far as none are on the log yet.</summary>
    public required long Expected { get; init; }

    /// <summary>Calls that are left, canaries and the check of the judge among them; none that is repeated.</summary>
    public required long Calls { get; init; }

    /// <summary>Tokens that are left to be sent.</summary>
    public required long PromptTokens { get; init; }

    /// <summary>Tokens that are left to be received.</summary>
    public required long AnswerTokens { get; init; }

    /// <summary>Answers of this judge on the log, whose token counts were gone by; 0: four bytes are taken for a token.</summary>
    public required long Measured { get; init; }
}
