using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tppo.Core.Judging.Checks;

/// <summary>What a check of a judge found: a fact of <c>evaluations.v1</c>, so that it is paid for once.</summary>
public sealed record JudgeCheck
{
    private const double Chance = 0.5;
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Version of this form, 1.</summary>
    public int V { get; init; } = 1;

    /// <summary>The judge.</summary>
    public required string Judge { get; init; }

    /// <summary>SHA-256 of the template.</summary>
    public required string Template { get; init; }

    /// <summary>Pairs of a person's own next searches and another's.</summary>
    public int Pairs { get; init; }

    /// <summary>How well it tells them apart; null where too few answers could be used.</summary>
    public double? Auc { get; init; }

    /// <summary>Lower end of its 95 % interval.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end.</summary>
    public double? High { get; init; }

    /// <summary>Canaries that were answered as they must be.</summary>
    public int CanariesPassed { get; init; }

    /// <summary>Canaries that were not.</summary>
    public int CanariesFailed { get; init; }

    /// <summary>Answers that could be used, in full or in part.</summary>
    public int Used { get; init; }

    /// <summary>Answers that could not.</summary>
    public int Rejected { get; init; }

    /// <summary>What it took.</summary>
    public double CostUsd { get; init; }

    /// <summary>Tokens in both directions.</summary>
    public long Tokens { get; init; }

    /// <summary>Unique in the topic.</summary>
    [JsonIgnore] public string Id => $"{Judge}/{Template}/judge-check";

    /// <summary>Why nobody should learn from this judge, in one line; null where there is no reason not to.</summary>
    [JsonIgnore]
    public string? Fault
    {
        get
        {
            if (Low is not { } low || Auc is not { } auc)
                return Line($"{Used} of {Used + Rejected} answers could be used: too few to say anything of it");
            if (low <= Chance)
                return Line($"AUC {auc:F3} [{low:F3}, {High:F3}] over {Pairs} pairs: it tells people's own next searches from others' no better than a coin");
            return CanariesFailed > 0
                ? Line($"{CanariesFailed} of {CanariesFailed + CanariesPassed} questions with known answers were answered wrongly")
                : null;
        }
    }

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>From JSON.</summary>
    public static JudgeCheck FromJson(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize<JudgeCheck>(utf8, Options)!;

    private string Line(FormattableString why) => $"judge {Judge}: {why.ToString(CultureInfo.InvariantCulture)}";
}
