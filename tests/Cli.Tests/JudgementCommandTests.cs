using System.Text.Json.Nodes;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

public sealed class JudgementCommandTests : IDisposable
{
    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("""{"content":"{\"red\": 1, \"shoes\": 0} {\"Relevance\": 1}","refusal":null,"finish_reason":"stop"}""", false, 0, "ok")]
    [InlineData("""{"red": 1, "shoes": 2, "a": 1, "b": 1, "c": 1} {"Relevance": 1}""", true, 0, "partial")]
    [InlineData("""{"content":null,"refusal":"no"}""", false, 3, "reject")]
    [InlineData("no idea", true, 3, "reject")]
    public void An_answer_is_told_as_the_labeler_reads_it(string file, bool isText, int code, string outcome)
    {
        var path = Path.Combine(folder.Path, "answer");
        File.WriteAllText(path, file);
        var queries = outcome == "partial" ? "red shoes, a b c" : "red shoes";
        var result = TppoProcess.Run(["inspect", "judgement", "--answer", path, "--queries", queries, .. isText ? (string[])["--text"] : []]);
        Assert.Equal(code, result.Code);
        Assert.Equal(outcome, JsonNode.Parse(result.Output)!["outcome"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("no json", "expected a completion as JSON")]
    [InlineData("[1]", "expected an object")]
    [InlineData("""{"content":5}""", "\"content\": expected a text or null")]
    public void A_file_that_is_no_completion_is_refused_in_one_line(string file, string told)
    {
        var path = Path.Combine(folder.Path, "answer");
        File.WriteAllText(path, file);
        var result = TppoProcess.Run("inspect", "judgement", "--answer", path, "--queries", "red");
        Assert.Equal(2, result.Code);
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }
}
