using System.Text.Json;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

public sealed class GoldenTests
{
    private const double Relative = 1e-6;

    [Theory]
    [InlineData("advantages", "ppo.jsonl")]
    [InlineData("shaping", "shaping.jsonl")]
    [InlineData("reward-losses", "reward_model_losses.jsonl")]
    [InlineData("alignment", "alignment.jsonl")]
    [InlineData("statistics", "statistics.jsonl")]
    public void Inspect_agrees_with_the_golden_file(string verb, string file)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Data", file);
        var golden = File.ReadLines(path).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        // What is expected is not shown: only name and input go in, by standard input.
        var input = string.Join('\n', golden.Select(g => JsonSerializer.Serialize(new { name = g.GetProperty("name"), input = g.GetProperty("input") })));
        var result = TppoProcess.Run(["inspect", verb], input);
        Assert.Equal((0, ""), (result.Code, result.Error));

        var answers = UsageTests.Lines(result.Output).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(golden.Count, answers.Count);
        for (var i = 0; i < golden.Count; i++)
        {
            var name = golden[i].GetProperty("name").GetString()!;
            Assert.Equal(name, answers[i].GetProperty("name").GetString());
            // The last line of some files names the libraries that made them.
            if (name != "made with") AssertClose(golden[i].GetProperty("expected"), answers[i].GetProperty("output"), $"line {i + 1} ({name})");
        }

        var fromFile = TppoProcess.Run("inspect", verb, path);
        Assert.Equal(result.Output, fromFile.Output);
    }

    private static void AssertClose(JsonElement expected, JsonElement actual, string where)
    {
        switch (expected.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var field in expected.EnumerateObject())
                {
                    Assert.True(actual.TryGetProperty(field.Name, out var found), $"{where}: {field.Name} is missing");
                    AssertClose(field.Value, found, $"{where}.{field.Name}");
                }

                break;
            case JsonValueKind.Array:
                Assert.True(expected.GetArrayLength() == actual.GetArrayLength(), $"{where}: {actual.GetArrayLength()} items");
                for (var i = 0; i < expected.GetArrayLength(); i++) AssertClose(expected[i], actual[i], $"{where}[{i}]");
                break;
            case JsonValueKind.Number:
                var (e, a) = (expected.GetDouble(), actual.GetDouble());
                Assert.True(Math.Abs(e - a) <= (Relative * Math.Abs(e)) + (Relative * 1e-3), $"{where}: expected {e:R}, found {a:R}");
                break;
            default:
                Assert.True(expected.ToString() == actual.ToString(), $"{where}: expected {expected}, found {actual}");
                break;
        }
    }
}
