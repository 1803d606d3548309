using System.Text.Json;
using System.Text.Json.Nodes;
using static TorchSharp.torch;

namespace Tppo.Cli.Inspect;

/// <summary>Numbers between JSON and tensors.</summary>
internal static class Numbers
{
    public static double[] Row(JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetDouble())];

    /// <summary>Rows of equal length as a float64 tensor [rows, columns].</summary>
    public static Tensor Grid(JsonElement rows)
    {
        var all = rows.EnumerateArray().Select(Row).ToList();
        return tensor([.. all.SelectMany(r => r)], [all.Count, all.Count == 0 ? 0 : all[0].Length], float64);
    }

    public static JsonArray Row(IEnumerable<double> row) => [.. row.Select(v => (JsonNode)v)];

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
