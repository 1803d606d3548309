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
        var response = Fields.Text(Fields.Of(input, "response"), "response");
        var words = Words.Split(response);
        var given = Fields.List(Fields.Of(input, "word_categories"), "word_categories", (words.Count, "categories", "the words of response"));
        Category[] categories = [.. given.Select((c, i) => Categories.Of((sbyte)Fields.Whole(c, $"word_categories[{i}]", 0, 2)))];

        // Spans are those of the text's UTF-8, as they are for what a policy has sampled.
        var spelled = ResponseText.Of([.. Fields.List(Fields.Of(input, "tokens"), "tokens").Select(Bytes)]);
        if (spelled.Text != response) throw new FormatException($"tokens: expected tokens that spell response, found \"{spelled.Text}\"");
        var found = Alignment.CategoryOfToken(Alignment.WordOfToken(words, spelled.ByteStarts, spelled.ByteEnds), categories);
        return new JsonObject
        {
            ["words"] = new JsonArray([.. words.Select(w => (JsonNode)w.Text)]),
            ["token_categories"] = new JsonArray([.. found.Select(c => (JsonNode)(int)c)]),
        };
    }

    private static ReadOnlyMemory<byte> Bytes(JsonElement token, int i)
    {
        try
        {
            return Convert.FromHexString(Fields.Text(token, $"tokens[{i}]"));
        }
        catch (FormatException e) when (token.ValueKind == JsonValueKind.String)
        {
            throw new FormatException(Fields.Other($"tokens[{i}]", "bytes in hex", token).Message, e);
        }
    }
}
