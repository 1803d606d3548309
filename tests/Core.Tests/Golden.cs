using System.Text.Json;

namespace Tppo.Core.Tests;

/// <summary>Lines of a golden file, {name, input, expected}.</summary>
internal static class Golden
{
    public static string PathOf(string file) => Path.Combine(AppContext.BaseDirectory, "Data", file);

    public static IEnumerable<(string Name, JsonElement Input, JsonElement Expected)> Cases(string file)
    {
        foreach (var line in File.ReadLines(PathOf(file)))
        {
            var json = JsonDocument.Parse(line).RootElement;
            yield return (json.GetProperty("name").GetString()!, json.GetProperty("input"), json.GetProperty("expected"));
        }
    }

    public static double[] Doubles(this JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetDouble())];

    public static void Near(double expected, double actual, string what) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-6 * Math.Max(1e-6, Math.Abs(expected)) + 1e-12, $"{what}: expected {expected}, found {actual}");
}
