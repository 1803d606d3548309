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

/// <summary>One response, measured.</summary>
/// <param name="Window">The window's id.</param>
/// <param name="Relevant">Whether the whole response is relevant and has k queries.</param>
/// <param name="Words">Words of it that have an identity.</param>
/// <param name="RelevantWords">Those that are relevant.</param>
/// <param name="DistinctWords">How many different ones.</param>
/// <param name="Queries">Non-empty queries.</param>
/// <param name="Copied">Queries that equal a search of the history.</param>
/// <param name="Tokens">Tokens without the end token.</param>
/// <param name="Ended">Whether it ends in the end token.</param>
/// <param name="Malformed">Whether it has other than k queries.</param>
public sealed record ResponseMeasure(
    string Window, bool Relevant, int Words, int RelevantWords, int DistinctWords, int Queries, int Copied, int Tokens, bool Ended, bool Malformed);

/// <summary>A history with the queries that were generated for it before and after TPPO.</summary>
public sealed record SampleHistory(IReadOnlyList<string> History, IReadOnlyList<string> Targets, IReadOnlyList<ScoredWord> Before, IReadOnlyList<ScoredWord> After);

/// <summary>A word with the reward that the reward model gives it, −1 … 1.</summary>
/// <param name="Text">As written.</param>
/// <param name="Query">The query that it stands in, from 0.</param>
/// <param name="Reward">P(relevant) − P(irrelevant), the mean over its tokens.</param>
public sealed record ScoredWord(string Text, int Query, double Reward);
