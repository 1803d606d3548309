using System.Text.Json.Nodes;
using Tppo.Core.Text;

namespace Tppo.Core.Judging.Prompts;

/// <summary>
/// The form that an answer is held to where the server can (<c>response_format: json_schema</c>): the response's own words, only the
/// scores free. What is held so can always be read.
/// </summary>
public static class AnswerSchema
{
    private const int TokensAround = 96, TokensPerWord = 24;

    /// <summary>A schema of JSON Schema's 2020-12: const, enum, object, prefixItems; nothing else.</summary>
    public static JsonObject Of(TemplateName template, string response) => template switch
    {
        TemplateName.V1 => Object(
            ("WORD_SEQUENCE_JUDGEMENTS", Object([.. DistinctWords(response).Select(w => (w, Relevance()))])), ("ACROSS_QUERY_JUDGEMENTS", Relevance())),
        TemplateName.V2 => Object(("words", List([.. Words.Split(response).Select(w => List(Const(PromptText.Clean(w.Text)), Score()))])), ("whole", Score())),
        TemplateName.V3 => Object(("ACROSS_QUERY_JUDGEMENTS", Relevance())),
        TemplateName.V4 => Object(("vote", Choice("A", "B", "tie"))),
        _ => throw new ArgumentOutOfRangeException(nameof(template)),
    };

    /// <summary>As many tokens as an answer may need, whatever tokenizer counts them: a token a byte, and what stands around.</summary>
    public static int TokensMax(JudgeTemplate template, string response)
    {
        if (template.Form != AnswerForm.WordsAndWhole) return TokensAround;
        var words = Words.Split(response);
        return TokensAround + words.Sum(w => TokensPerWord + System.Text.Encoding.UTF8.GetByteCount(w.Text));
    }

    private static IEnumerable<string> DistinctWords(string response) =>
        Words.Split(response).Select(w => PromptText.Clean(w.Text)).Where(w => w.Length > 0).Distinct(StringComparer.Ordinal);

    private static JsonObject Relevance() => Object(("Relevance", Object(("Score", Score()))));

    private static JsonObject Score() => new() { ["enum"] = new JsonArray(0, 1) };

    private static JsonObject Choice(params string[] of) => new() { ["enum"] = new JsonArray([.. of.Select(o => (JsonNode)o)]) };

    private static JsonObject Const(string value) => new() { ["const"] = value };

    private static JsonObject List(params JsonNode[] items) =>
        new() { ["type"] = "array", ["prefixItems"] = new JsonArray(items), ["items"] = false, ["minItems"] = items.Length, ["maxItems"] = items.Length };

    private static JsonObject Object(params (string Name, JsonObject Schema)[] properties)
    {
        var schemas = new JsonObject();
        foreach (var (name, schema) in properties) schemas[name] = schema;
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = schemas,
            ["required"] = new JsonArray([.. properties.Select(p => (JsonNode)p.Name)]),
            ["additionalProperties"] = false,
        };
    }
}
