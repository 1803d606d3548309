using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tppo.Learning.Tokenizing;

/// <summary>What a byte-level BPE <c>tokenizer.json</c> holds: token texts by id, merges in order of rank, ids of specials.</summary>
internal sealed record TokenizerFile(string[] Tokens, IReadOnlyList<(string Left, string Right)> Merges, IReadOnlyCollection<int> Specials)
{
    /// <summary>The bytes of the file: the same tokens and merges always give the same bytes.</summary>
    internal byte[] Write()
    {
        using var stream = new MemoryStream();
        using (
            var json = new Utf8JsonWriter(
                stream, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" }))
        {
            json.WriteStartObject();
            json.WriteString("version", "1.0");
            json.WriteNull("truncation");
            json.WriteNull("padding");
            WriteSpecials(json);
            json.WriteNull("normalizer");
            WriteByteLevel(json, "pre_tokenizer", addPrefixSpace: false);
            json.WriteNull("post_processor");
            WriteByteLevel(json, "decoder", addPrefixSpace: true);
            WriteModel(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    /// <summary>Reads a file of this kind.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or another kind of tokenizer.</exception>
    internal static TokenizerFile Read(string path, byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            var model = json.RootElement.GetProperty("model");
            if (model.TryGetProperty("type", out var type) && type.GetString() != "BPE")
            {
                throw new InvalidDataException($"{path}: model.type is {type.GetString()}, expected BPE");
            }

            var splitting = json.RootElement.GetProperty("pre_tokenizer");
            if (splitting.ValueKind != JsonValueKind.Object || splitting.GetProperty("type").GetString() != "ByteLevel")
            {
                throw new InvalidDataException($"{path}: pre_tokenizer is not ByteLevel, the only kind that is read here");
            }

            var specials = json.RootElement.GetProperty("added_tokens").EnumerateArray()
                .Select(token => (Id: token.GetProperty("id").GetInt32(), Text: token.GetProperty("content").GetString()!)).ToArray();
            var merges = model.GetProperty("merges").EnumerateArray().Select(ReadMerge).ToArray();
            return new TokenizerFile(ReadTokens(path, model, specials), merges, [.. specials.Select(token => token.Id)]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InvalidDataException($"{path}: not a byte-level BPE tokenizer.json: {e.Message}", e);
        }
    }

    private static string[] ReadTokens(string path, JsonElement model, (int Id, string Text)[] specials)
    {
        var byId = model.GetProperty("vocab").EnumerateObject().ToDictionary(token => token.Value.GetInt32(), token => token.Name);
        foreach (var (id, text) in specials) byId[id] = text;
        var tokens = new string[byId.Count];
        for (var id = 0; id < tokens.Length; id++)
        {
            tokens[id] = byId.TryGetValue(id, out var text) ? text : throw new InvalidDataException($"{path}: {tokens.Length} tokens, but none has id {id}");
        }

        return tokens;
    }

    // Newer files write a merge as a pair, older ones as one text with a space.
    private static (string Left, string Right) ReadMerge(JsonElement merge)
    {
        if (merge.ValueKind == JsonValueKind.Array) return (merge[0].GetString()!, merge[1].GetString()!);
        var parts = merge.GetString()!.Split(' ', 2);
        return (parts[0], parts[^1]);
    }

    private void WriteSpecials(Utf8JsonWriter json)
    {
        json.WriteStartArray("added_tokens");
        foreach (var id in Specials.Order())
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("content", Tokens[id]);
            foreach (var flag in (string[])["single_word", "lstrip", "rstrip", "normalized"]) json.WriteBoolean(flag, false);
            json.WriteBoolean("special", true);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteByteLevel(Utf8JsonWriter json, string name, bool addPrefixSpace)
    {
        json.WriteStartObject(name);
        json.WriteString("type", "ByteLevel");
        json.WriteBoolean("add_prefix_space", addPrefixSpace);
        json.WriteBoolean("trim_offsets", true);
        json.WriteBoolean("use_regex", true);
        json.WriteEndObject();
    }

    private void WriteModel(Utf8JsonWriter json)
    {
        json.WriteStartObject("model");
        json.WriteString("type", "BPE");
        foreach (var name in (string[])["dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix"]) json.WriteNull(name);
        foreach (var name in (string[])["fuse_unk", "byte_fallback", "ignore_merges"]) json.WriteBoolean(name, false);
        json.WriteStartObject("vocab");
        for (var id = 0; id < Tokens.Length; id++) json.WriteNumber(Tokens[id], id);
        json.WriteEndObject();
        json.WriteStartArray("merges");
        foreach (var (left, right) in Merges)
        {
            json.WriteStartArray();
            json.WriteStringValue(left);
            json.WriteStringValue(right);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
