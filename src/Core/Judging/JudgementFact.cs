using System.Text.Json;
using System.Text.Json.Serialization;
using Tppo.Core.Events;
using Tppo.Core.Judging.Reading;

namespace Tppo.Core.Judging;

/// <summary>A fact of <c>judgements.v1</c>: what a judge answered, and what it cost. What is not so, or not known, is left out.</summary>
/// <param name="V">Version of this form, 1.</param>
/// <param name="Judgement">Content hash H(model, template, input).</param>
/// <param name="Rollout">The rollout for which it was asked first.</param>
/// <param name="Model">The judge.</param>
/// <param name="Template">What it was asked.</param>
/// <param name="Answer">Its raw answer; empty where none came.</param>
/// <param name="Outcome">ok, partial or reject.</param>
/// <param name="PromptTokens">Tokens sent.</param>
/// <param name="CompletionTokens">Tokens received.</param>
/// <param name="CostUsd">What it cost.</param>
public sealed record JudgementFact(
    int V, string Judgement, string Rollout, string Model, string Template, string Answer, string Outcome, int PromptTokens,
    int CompletionTokens, double CostUsd)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = EventJson.Writing.Encoder,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    /// <summary>Why it would not answer.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Refusal { get; init; }

    /// <summary>Why the answer ends where it does.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? FinishReason { get; init; }

    /// <summary>Why it is rejected: truncated, coverage, no_json, refusal, empty, error or context_length.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] public string? Reason { get; init; }

    /// <summary>How often the same was asked before.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int Attempt { get; init; }

    /// <summary>Whether asking again may help.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public bool Retry { get; init; }

    /// <summary>How many of the history's oldest events it was not shown.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] public int Dropped { get; init; }

    /// <summary>Unique in the topic: the content hash, and behind it which attempt after the first.</summary>
    [JsonIgnore] public string Id => Attempt == 0 ? Judgement : FormattableString.Invariant($"{Judgement}/{Attempt}");

    /// <summary>The answer, to be read.</summary>
    [JsonIgnore] public Completion Completion => new(Answer, Refusal, FinishReason);

    /// <summary>What it took.</summary>
    [JsonIgnore] public JudgeUsage Usage => new(PromptTokens, CompletionTokens, CostUsd);

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>From JSON.</summary>
    public static JudgementFact FromJson(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize<JudgementFact>(utf8, Options)!;
}
