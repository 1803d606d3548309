using System.Text.Json;
using System.Text.Json.Serialization;
using Tppo.Core.Models;

namespace Tppo.Learning.Checkpoints;

/// <summary>The figures of every step behind a checkpoint, <c>training/curve.jsonl</c>: one JSON object a line.</summary>
public static class Curves
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Writes the figures of a checkpoint's steps.</summary>
    public static void Write<T>(string checkpointFolder, IEnumerable<T> steps)
    {
        Directory.CreateDirectory(Path.Combine(checkpointFolder, CheckpointFiles.TrainingFolder));
        File.WriteAllLines(PathOf(checkpointFolder), steps.Select(s => JsonSerializer.Serialize(s, Options)));
    }

    /// <summary>Reads them; empty where there are none.</summary>
    public static IReadOnlyList<T> Read<T>(string checkpointFolder) => File.Exists(PathOf(checkpointFolder))
        ? [.. File.ReadLines(PathOf(checkpointFolder)).Select(line => JsonSerializer.Deserialize<T>(line, Options)!)]
        : [];

    private static string PathOf(string checkpointFolder) => CheckpointFiles.InTraining(checkpointFolder, CheckpointFiles.Curve);
}
