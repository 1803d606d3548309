using System.Buffers;
using System.Text.Json;
using Tppo.Core.Events;
using Tppo.Core.Text;

namespace Tppo.Core.Judging;

/// <summary>A judge's scores, for each word in the response's order and for the whole; what is masked has no category.</summary>
/// <param name="Words">Category of each word, by position.</param>
/// <param name="Whole">Category of the response.</param>
public sealed record JudgeAnswer(IReadOnlyList<Category> Words, Category Whole)
{
    /// <summary>
    /// An answer as raw text, the array form of template v2: <c>{"words":[["trail",1],…],"whole":1}</c>; a masked word's
    /// score is null.
    /// </summary>
    public static string Write(IReadOnlyList<Word> words, IReadOnlyList<Category> categories, Category whole)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var json = new Utf8JsonWriter(buffer, EventJson.Writing);
        json.WriteStartObject();
        json.WriteStartArray("words"u8);
        for (var i = 0; i < words.Count; i++)
        {
            json.WriteStartArray();
            json.WriteStringValue(words[i].Text);
            WriteScore(json, categories[i]);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WritePropertyName("whole"u8);
        WriteScore(json, whole);
        json.WriteEndObject();
        json.Flush();
        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>
    /// Reads a raw answer against the words of the response. Scores go by position where the list equals the words by their
    /// identities; a score that is neither 0 nor 1 masks its word.
    /// </summary>
    /// <exception cref="FormatException">Not an answer to this response: the caller rejects it, and never scores it 0.</exception>
    public static JudgeAnswer Read(string raw, IReadOnlyList<Word> words)
    {
        try
        {
            using var json = JsonDocument.Parse(raw);
            var scored = json.RootElement.GetProperty("words");
            if (scored.GetArrayLength() != words.Count)
                throw new FormatException($"judge answer: expected {words.Count} words, found {scored.GetArrayLength()}");
            var categories = new Category[words.Count];
            for (var i = 0; i < words.Count; i++)
            {
                var word = scored[i][0].GetString() ?? "";
                if (Text.Words.Normalise(word) != Text.Words.Normalise(words[i].Text))
                    throw new FormatException($"judge answer: word {i} is another than the response's");
                categories[i] = ReadScore(scored[i][1]);
            }

            return new JudgeAnswer(categories, ReadScore(json.RootElement.GetProperty("whole")));
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            throw new FormatException("judge answer: expected {\"words\":[[word, score], …], \"whole\": score}", e);
        }
    }

    private static void WriteScore(Utf8JsonWriter json, Category category)
    {
        if (category == Category.None) json.WriteNullValue();
        else json.WriteNumberValue(category == Category.Relevant ? 1 : 0);
    }

    private static Category ReadScore(JsonElement score)
    {
        if (score.ValueKind != JsonValueKind.Number || !score.TryGetDouble(out var value)) return Category.None;
        return value switch { 1 => Category.Relevant, 0 => Category.Irrelevant, _ => Category.None };
    }
}
