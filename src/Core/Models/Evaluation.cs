using System.Text.Json;
using System.Text.Json.Serialization;
using Tppo.Core.Windows;

namespace Tppo.Core.Models;

/// <summary>A fact of <c>evaluations.v1</c>: how a checkpoint does on held-out users.</summary>
public sealed record Evaluation
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Version of this form, 1.</summary>
    public int V { get; init; } = 1;

    /// <summary>The model.</summary>
    public required string Model { get; init; }

    /// <summary>Its version.</summary>
    public required int Version { get; init; }

    /// <summary>Its checkpoint.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>Who was held out.</summary>
    public required Fold Fold { get; init; }

    /// <summary>The judge whose word is the truth here.</summary>
    public required string Judge { get; init; }

    /// <summary>AUC of that judge on held-out users; null where it is the truth itself.</summary>
    public double? JudgeAuc { get; init; }

    /// <summary>For a reward model: AUC over tokens of held-out users' SFT samples.</summary>
    public double? TokenAuc { get; init; }

    /// <summary>For a reward model: AUC over those samples, each by its mean token score.</summary>
    public double? SentenceAuc { get; init; }

    /// <summary>For a policy: one entry a held-out window, in order of window ids.</summary>
    public IReadOnlyList<ResponseMeasure> Responses { get; init; } = [];

    /// <summary>For a trained policy: some histories with the queries of before and after.</summary>
    public IReadOnlyList<SampleHistory> Samples { get; init; } = [];

    /// <summary>Judge calls that this evaluation made.</summary>
    public int JudgeCalls { get; init; }

    /// <summary>Unique in the topic: model/version/evaluation.</summary>
    [JsonIgnore]
    public string Id => $"{Model}/{Version}/evaluation";

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>From JSON.</summary>
    public static Evaluation FromJson(ReadOnlySpan<byte> utf8) => JsonSerializer.Deserialize<Evaluation>(utf8, Options)!;
}
