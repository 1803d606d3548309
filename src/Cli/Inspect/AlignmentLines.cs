using System.Text.Json;
using System.Text.Json.Nodes;
using Tppo.Core.Judging;
using Tppo.Core.Text;

namespace Tppo.Cli.Inspect;

/// <summary>Word-to-token alignment of one line.</summary>
internal static class AlignmentLines
{
    public static JsonNode? Compute(JsonElement input)
    {
        var words = Words.Split(input.GetProperty("response").GetString()!);
        Category[] categories = [.. input.GetProperty("word_categories").EnumerateArray().Select(c => Categories.Of(c.GetSByte()))];
        if (categories.Length != words.Count) throw new FormatException($"{words.Count} words and {categories.Length} categories");
        var (starts, ends, at) = (new List<int>(), new List<int>(), 0);
        foreach (var token in input.GetProperty("tokens").EnumerateArray())
        {
            starts.Add(at);
            at += Convert.FromHexString(token.GetString()!).Length;
            ends.Add(at);
        }

        var found = Alignment.CategoryOfToken(Alignment.WordOfToken(words, starts, ends), categories);
        return new JsonObject
        {
            ["words"] = new JsonArray([.. words.Select(w => (JsonNode)w.Text)]),
            ["token_categories"] = new JsonArray([.. found.Select(c => (JsonNode)(int)c)]),
        };
    }
}
