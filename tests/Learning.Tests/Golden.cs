using System.Text.Json;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests;

/// <summary>Reads the golden files and compares tensors with them.</summary>
internal static class Golden
{
    internal static string PathOf(params string[] parts) => Path.Combine([AppContext.BaseDirectory, "Data", .. parts]);

    internal static IEnumerable<(string Name, JsonElement Input, JsonElement Expected)> Cases(string file)
    {
        foreach (var line in File.ReadLines(PathOf(file)))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement.Clone();
            yield return (root.GetProperty("name").GetString()!, root.GetProperty("input"), root.GetProperty("expected"));
        }
    }

    internal static double Number(this JsonElement element, string name) => element.GetProperty(name).GetDouble();

    internal static double[] Numbers(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? [.. element.EnumerateArray().SelectMany(Numbers)] : [element.GetDouble()];

    internal static Tensor Grid(this JsonElement element, string name)
    {
        var grid = element.GetProperty(name);
        var shape = new List<long>();
        for (var inner = grid; inner.ValueKind == JsonValueKind.Array; inner = inner[0]) shape.Add(inner.GetArrayLength());
        return tensor(Numbers(grid), [.. shape], float64);
    }

    internal static void AssertClose(JsonElement expected, Tensor actual, string what, double relative = 1e-6) =>
        AssertClose(Numbers(expected), Values(actual), what, relative);

    internal static void AssertClose(double[] expected, double[] actual, string what, double relative = 1e-6)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
        {
            var tolerance = (relative * Math.Abs(expected[i])) + (relative * 1e-3);
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance, $"{what}[{i}]: expected {expected[i]:R}, got {actual[i]:R}");
        }
    }

    internal static double[] Values(Tensor tensor) => tensor.detach().to(float64).contiguous().data<double>().ToArray();
}
