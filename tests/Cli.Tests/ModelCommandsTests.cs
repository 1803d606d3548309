using System.Text.Json;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

public sealed class ModelCommandsTests
{
    private static readonly string Models = Path.Combine(WorkingTree.Root, "tests/Learning.Tests/Data");

    [Fact]
    public void Logits_are_a_row_a_position_and_a_number_a_token_of_the_vocabulary()
    {
        var result = TppoProcess.Run("inspect", "logits", "--model", Path.Combine(Models, "mistral-window"), "--tokens", "5, 6,7");
        Assert.True(result.Code == 0, result.Error);
        using var json = JsonDocument.Parse(result.Output);
        var logits = json.RootElement.GetProperty("logits").EnumerateArray().ToArray();
        Assert.Equal(3, logits.Length);
        Assert.All(logits, row => Assert.Equal(384, row.GetArrayLength()));
    }

    [Fact]
    public void Tokens_are_those_of_the_model_their_bytes_are_the_text_and_their_spans_lie_end_to_end()
    {
        var folder = Path.Combine(Models, "tokenizers/qwen2");
        foreach (var line in File.ReadLines(Path.Combine(folder, "expected.jsonl")).Where(l => l.Contains("<|eot|>", StringComparison.Ordinal)))
        {
            using var expected = JsonDocument.Parse(line);
            var result = TppoProcess.Run("inspect", "tokens", "--model", folder, "--text", expected.RootElement.GetProperty("text").GetString()!);
            Assert.True(result.Code == 0, result.Error);
            using var json = JsonDocument.Parse(result.Output);
            Assert.Equal(Ids(expected), Ids(json));
            var at = 0;
            foreach (var (bytes, span) in json.RootElement.GetProperty("bytes").EnumerateArray().Zip(json.RootElement.GetProperty("spans").EnumerateArray()))
            {
                Assert.Equal(at, span[0].GetInt32());
                Assert.Equal(at += bytes.GetString()!.Length / 2, span[1].GetInt32());
            }
        }
    }

    [Theory]
    [InlineData("logits", "--tokens", "5,x", "--tokens: expected whole numbers with commas between, found \"x\"")]
    [InlineData("logits", "--tokens", "5,999", "--tokens: expected ids from 0 to 383, found 999")]
    [InlineData("logits", "--tokens", "", "--tokens")]
    public void What_is_no_token_is_refused_in_one_line(string verb, string option, string value, string told)
    {
        var result = TppoProcess.Run("inspect", verb, "--model", Path.Combine(Models, "mistral-window"), option, value);
        Assert.Equal(2, result.Code);
        Assert.Empty(result.Output);
        Assert.Contains(told, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("logits", "--tokens")]
    [InlineData("tokens", "--text")]
    public void A_folder_that_is_no_model_is_named(string verb, string option)
    {
        using var folder = new TempFolder();
        var result = TppoProcess.Run("inspect", verb, "--model", folder.Path, option, "1");
        Assert.Equal(2, result.Code);
        Assert.Contains(folder.Path, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    private static int[] Ids(JsonDocument json) => [.. json.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
}
