using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tppo.Learning.Tokenizing;

/// <summary>What a byte-level BPE <c>tokenizer.json</c> holds; <see cref="TokenizerFileReader"/> reads those of other makers.</summary>
/// <param name="Tokens">Token texts by id, their bytes in stand-ins.</param>
/// <param name="Merges">Merges in order of rank.</param>
/// <param name="Specials">Ids of tokens that stand for no text.</param>
internal sealed record TokenizerFile(string[] Tokens, IReadOnlyList<(string Left, string Right)> Merges, IReadOnlyCollection<int> Specials)
{
    /// <summary>Tokens that were added beside the vocabulary and stand for their text as it is written; no text is ever read as one.</summary>
    internal IReadOnlyCollection<int> Added { get; init; } = [];

    /// <summary>Into what pieces a text is split first.</summary>
    internal PieceSplitter Splitter { get; init; } = WordSplitter.Instance;

    /// <summary>Whether texts are composed first (NFC).</summary>
    internal bool Composes { get; init; }

    /// <summary>Whether a piece that is a token is that token, whatever the merges make of it.</summary>
    internal bool WholePieces { get; init; }

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
