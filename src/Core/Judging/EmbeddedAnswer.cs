using System.Buffers;
using System.Text;
using System.Text.Json;
using Tppo.Core.Events;
using Tppo.Core.Text;

namespace Tppo.Core.Judging;

/// <summary>Answers of judges in this process, written as a language model's are, so that one reader reads all.</summary>
public static class EmbeddedAnswer
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
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteScore(Utf8JsonWriter json, Category category)
    {
        if (category == Category.None) json.WriteNullValue();
        else json.WriteNumberValue(category == Category.Relevant ? 1 : 0);
    }
}
