using System.Buffers;
using System.Text.Json;
using Tppo.Core.Events;
using Tppo.Core.Text;

namespace Tppo.Core.Judging.Prompts;

/// <summary>
/// The form that an answer is held to where the server can (<c>response_format: json_schema</c>): the response's own words, only the
/// scores free. What is held so can always be read.
/// </summary>
public static class AnswerSchema
{
    private const int TokensAround = 96, TokensPerWord = 24;
    private const string Whole = "ACROSS_QUERY_JUDGEMENTS", EachWord = "WORD_SEQUENCE_JUDGEMENTS";
    private static readonly byte[] Score = """{"enum":[0,1]}"""u8.ToArray();
    private static readonly byte[] Vote = """{"enum":["A","B","tie"]}"""u8.ToArray();

    private static readonly byte[] Relevance = Written(json => WriteObject(
        json, ("Relevance", j => WriteObject(j, ("Score", score => score.WriteRawValue(Score))))));

    /// <summary>A schema of JSON Schema's 2020-12, as UTF-8: const, enum, object, prefixItems; nothing else.</summary>
    public static byte[] Of(TemplateName template, string response) => template switch
    {
        TemplateName.V1 => Written(json => WriteObject(
            json,
            (EachWord, j => WriteObject(j, [.. DistinctWords(response).Select(w => (w, (Action<Utf8JsonWriter>)WriteRelevance))])), (Whole, WriteRelevance))),
        TemplateName.V2 => Written(json => WriteObject(
            json, ("words", j => WriteWords(j, Words.Split(response))), ("whole", j => j.WriteRawValue(Score, skipInputValidation: true)))),
        TemplateName.V3 => Written(json => WriteObject(json, (Whole, WriteRelevance))),
        TemplateName.V4 => Written(json => WriteObject(json, ("vote", j => j.WriteRawValue(Vote)))),
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

    private static void WriteRelevance(Utf8JsonWriter json) => json.WriteRawValue(Relevance, skipInputValidation: true);

    // A list of [word, score], the words and their order fixed.
    private static void WriteWords(Utf8JsonWriter json, List<Word> words) => WriteList(json, words.Count, i => WriteList(json, 2, part =>
    {
        if (part == 1)
        {
            json.WriteRawValue(Score, skipInputValidation: true);
            return;
        }

        json.WriteStartObject();
        json.WriteString("const"u8, PromptText.Clean(words[i].Text));
        json.WriteEndObject();
    }));

    private static void WriteList(Utf8JsonWriter json, int count, Action<int> write)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "array"u8);
        json.WriteStartArray("prefixItems"u8);
        for (var i = 0; i < count; i++) write(i);
        json.WriteEndArray();
        json.WriteBoolean("items"u8, false);
        json.WriteNumber("minItems"u8, count);
        json.WriteNumber("maxItems"u8, count);
        json.WriteEndObject();
    }

    private static void WriteObject(Utf8JsonWriter json, params ReadOnlySpan<(string Name, Action<Utf8JsonWriter> Write)> properties)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "object"u8);
        json.WriteStartObject("properties"u8);
        foreach (var (name, write) in properties)
        {
            json.WritePropertyName(name);
            write(json);
        }

        json.WriteEndObject();
        json.WriteStartArray("required"u8);
        foreach (var (name, _) in properties) json.WriteStringValue(name);
        json.WriteEndArray();
        json.WriteBoolean("additionalProperties"u8, false);
        json.WriteEndObject();
    }

    private static byte[] Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, EventJson.Writing)) write(json);
        return buffer.WrittenSpan.ToArray();
    }
}
