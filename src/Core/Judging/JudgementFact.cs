using System.Text.Json;
using System.Text.Json.Serialization;
using Tppo.Core.Events;

namespace Tppo.Core.Judging;

/// <summary>A fact of <c>judgements.v1</c>: what a judge answered, and what it cost.</summary>
/// <param name="V">Version of this form, 1.</param>
/// <param name="Judgement">Content hash H(model, template, input).</param>
/// <param name="Rollout">The rollout for which it was asked first.</param>
/// <param name="Model">The judge.</param>
/// <param name="Template">What it was asked.</param>
/// <param name="Answer">Its raw answer.</param>
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
    };

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>From JSON.</summary>
    public static JudgementFact FromJson(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize<JudgementFact>(utf8, Options)!;
}
