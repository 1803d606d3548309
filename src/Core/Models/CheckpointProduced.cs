using System.Text.Json;
using System.Text.Json.Serialization;
using Tppo.Core.Cuts;
using Tppo.Core.Windows;

namespace Tppo.Core.Models;

/// <summary>A fact of <c>models.v1</c>: a training step has left a checkpoint.</summary>
/// <param name="V">Version of this form, 1.</param>
/// <param name="Kind"><see cref="KindName"/>.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Version">Which version of the model: the number of steps behind it.</param>
/// <param name="Checkpoint">The checkpoint's name: SHA-256 of its <c>files.sha256</c>, and so of all that a later step reads.</param>
/// <param name="Cut">Ordinal of the last cut that it took.</param>
/// <param name="Final">Whether the run's plan ends with it.</param>
/// <param name="Fold">The split that it was trained on.</param>
/// <param name="Parents">Checkpoints that it was made from, by model name.</param>
/// <param name="Stats">Figures of its last step, by metric name.</param>
/// <param name="Weights">SHA-256 of its <c>model.safetensors</c>; null in older facts, whose name it was.</param>
public sealed record CheckpointProduced(
    int V,
    string Kind,
    string Model,
    int Version,
    string Checkpoint,
    int Cut,
    bool Final,
    Fold Fold,
    IReadOnlyDictionary<string, string> Parents,
    IReadOnlyDictionary<string, double> Stats,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Weights = null)
{
    /// <summary>The kind of these facts.</summary>
    public const string KindName = "checkpoint_produced";

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Unique in the topic: model/version/kind.</summary>
    [JsonIgnore]
    public string Id => $"{Made}/{Kind}";

    /// <summary>Which version of which model it is, by the step that made it.</summary>
    [JsonIgnore]
    public StepId Made => new(Model, Version);

    /// <summary>SHA-256 of its <c>model.safetensors</c>: what is called equal when a model is made again.</summary>
    [JsonIgnore]
    public string WeightsSha256 => Weights ?? Checkpoint;

    /// <summary>As JSON.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, Options);

    /// <summary>From JSON; null where the record is a fact of another kind.</summary>
    public static CheckpointProduced? FromJson(ReadOnlyMemory<byte> utf8)
    {
        using var json = JsonDocument.Parse(utf8);
        return json.RootElement.GetProperty("kind").GetString() == KindName
            ? json.RootElement.Deserialize<CheckpointProduced>(Options)
            : null;
    }
}
