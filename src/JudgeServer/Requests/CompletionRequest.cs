using Tppo.JudgeServer.Forms;

namespace Tppo.JudgeServer.Requests;

/// <summary>What is asked for at <c>/v1/chat/completions</c>.</summary>
internal sealed record CompletionRequest
{
    /// <summary>The model's name; empty: whichever there is.</summary>
    public required string Model { get; init; }

    /// <summary>The conversation, at least one message.</summary>
    public required IReadOnlyList<ChatMessage> Messages { get; init; }

    /// <summary>Most tokens of the answer; null: as many as there is room for.</summary>
    public int? TokensMax { get; init; }

    /// <summary>0: the likeliest answer. Default 1, as everywhere.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>Seed of what is drawn. The same request has the same answer. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>The form that the answer is held to; null: none.</summary>
    public IReadOnlyList<FormPart>? Form { get; init; }

    /// <summary>Whether the answer is to come as it is written.</summary>
    public bool Streams { get; init; }

    /// <summary>Whether a stream ends with what was used.</summary>
    public bool StreamsUsage { get; init; }
}
