using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Tppo.Cli.Inspect;

/// <summary>Numbers as JSON. What is not finite, being undefined or beyond float64, is null.</summary>
internal static class Numbers
{
    public static JsonNode? Value(double value) => double.IsFinite(value) ? JsonValue.Create(value) : null;

    public static JsonArray Row(IEnumerable<double> row) => [.. row.Select(Value)];

    /// <summary>A tensor of two or three dimensions as nested arrays.</summary>
    public static JsonArray Json(Tensor values)
    {
        var flat = values.to_type(float64).cpu().contiguous().data<double>().ToArray();
        var shape = values.shape;
        if (shape.Length == 2) return [.. flat.Chunk((int)shape[1]).Select(r => (JsonNode)Row(r))];
        var inner = (int)shape[2];
        return [.. flat.Chunk((int)shape[1] * inner).Select(r => (JsonNode)new JsonArray([.. r.Chunk(inner).Select(c => (JsonNode)Row(c))]))];
    }
}
