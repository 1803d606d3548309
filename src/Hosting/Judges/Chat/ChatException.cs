namespace Tppo.Hosting.Judges.Chat;

/// <summary>A call that gave no answer.</summary>
/// <param name="kind">Why.</param>
/// <param name="message">What it said, in one line.</param>
/// <param name="inner">What was thrown.</param>
public sealed class ChatException(FailureKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Why.</summary>
    public FailureKind Kind { get; } = kind;

    /// <summary>How long it asks us to wait.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>How many tokens the model can read; null where it was not said.</summary>
    public int? TokensMax { get; init; }

    /// <summary>How many it was asked to read.</summary>
    public int? TokensAsked { get; init; }

    /// <summary>The same failure in other words.</summary>
    public ChatException Saying(string message) => new(Kind, message)
    {
        RetryAfter = RetryAfter,
        TokensMax = TokensMax,
        TokensAsked = TokensAsked,
        BytesReceived = BytesReceived,
    };

    /// <summary>What of an answer had come by then, in bytes: it is paid for.</summary>
    public int BytesReceived { get; init; }
}
