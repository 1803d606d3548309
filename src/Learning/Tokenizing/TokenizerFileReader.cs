using System.Text.Json;
using Tppo.Core.Text;

namespace Tppo.Learning.Tokenizing;

/// <summary>
/// Reads the byte-level BPE of a <c>tokenizer.json</c>: the splitting rules of GPT-2, Llama 3, Qwen 2 and SmolLM, texts composed or not.
/// What a file asks for beside these is refused by its key.
/// </summary>
internal sealed class TokenizerFileReader
{
    private const int TokensMax = 1 << 22;
    private static readonly int[] DigitsOfPieces = [1, 3];
    private readonly string path;
    private readonly JsonElement root;

    private TokenizerFileReader(string path, JsonElement root) => (this.path, this.root) = (path, root);

    /// <summary>Reads a file of this kind.</summary>
    /// <exception cref="InvalidDataException">It is no JSON, or another kind of tokenizer.</exception>
    internal static TokenizerFile Read(string path, byte[] bytes)
    {
        try
        {
            using var json = JsonDocument.Parse(bytes);
            return new TokenizerFileReader(path, json.RootElement).Read();
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}: not a byte-level BPE tokenizer.json: {e.Message}", e);
        }
    }

    private TokenizerFile Read()
    {
        var model = root.GetProperty("model");
        if (Text(model, "type") is { } type and not "BPE") throw Expected("model.type", "BPE", type);
        foreach (var key in (string[])["byte_fallback", "fuse_unk"])
        {
            if (IsSet(model, key)) throw Expected($"model.{key}", "false", "true");
        }

        foreach (var key in (string[])["continuing_subword_prefix", "end_of_word_suffix"])
        {
            if (Text(model, key) is { Length: > 0 } text) throw Expected($"model.{key}", "nothing", text);
        }

        var added = root.GetProperty("added_tokens").EnumerateArray()
            .Select(token => (Id: token.GetProperty("id").GetInt32(), Text: token.GetProperty("content").GetString()!, IsSpecial: IsSet(token, "special")))
            .ToArray();
        var tokens = Tokens(model, added);
        return new TokenizerFile(tokens, Merges(model, tokens), [.. added.Where(token => token.IsSpecial).Select(token => token.Id)])
        {
            Added = [.. added.Where(token => !token.IsSpecial).Select(token => token.Id)],
            Splitter = Splitter(),
            Composes = Composes(),
            WholePieces = IsSet(model, "ignore_merges"),
        };
    }

    private string[] Tokens(JsonElement model, (int Id, string Text, bool IsSpecial)[] added)
    {
        if (!model.TryGetProperty("vocab", out var vocabulary)) throw Expected("model.vocab", "tokens and their ids", "nothing");
        var byId = new Dictionary<int, string>();
        foreach (var token in vocabulary.EnumerateObject())
        {
            if (!byId.TryAdd(token.Value.GetInt32(), token.Name)) throw Expected("model.vocab", "an id a token", $"{token.Value} twice");
        }

        foreach (var (id, text, _) in added) byId[id] = text;
        if (byId.Count > TokensMax) throw Expected("model.vocab", $"at most {TokensMax} tokens", $"{byId.Count}");
        var tokens = new string[byId.Count];
        for (var id = 0; id < tokens.Length; id++)
        {
            tokens[id] = byId.TryGetValue(id, out var text) ? text : throw Expected("model.vocab", $"{byId.Count} tokens of ids from 0", $"none of id {id}");
        }

        return tokens;
    }

    private List<(string Left, string Right)> Merges(JsonElement model, string[] tokens)
    {
        if (!model.TryGetProperty("merges", out var list) || list.ValueKind != JsonValueKind.Array) throw Expected("model.merges", "a list", "none");
        var known = tokens.ToHashSet(StringComparer.Ordinal);
        var merges = new List<(string Left, string Right)>(list.GetArrayLength());
        foreach (var merge in list.EnumerateArray())
        {
            var (left, right) = Merge(merge, merges.Count);
            if (!known.Contains(left) || !known.Contains(right) || !known.Contains(left + right))
                throw Expected($"model.merges[{merges.Count}]", "two tokens that make a token", $"{left} {right}");
            merges.Add((left, right));
        }

        return merges;
    }

    // Newer files write a merge as a pair, older ones as one text with a space.
    private (string Left, string Right) Merge(JsonElement merge, int index)
    {
        if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2) return (merge[0].GetString()!, merge[1].GetString()!);
        var parts = merge.ValueKind == JsonValueKind.String ? merge.GetString()!.Split(' ') : [];
        return parts.Length == 2 ? (parts[0], parts[1]) : throw Expected($"model.merges[{index}]", "two tokens", merge.GetRawText());
    }

    private bool Composes()
    {
        if (!root.TryGetProperty("normalizer", out var normaliser) || normaliser.ValueKind == JsonValueKind.Null) return false;
        return Text(normaliser, "type") == "NFC" ? true : throw Expected("normalizer", "null or NFC", normaliser.GetRawText());
    }

    private PieceSplitter Splitter()
    {
        var splitting = root.GetProperty("pre_tokenizer");
        JsonElement[] parts = splitting.ValueKind != JsonValueKind.Object ? []
            : Text(splitting, "type") == "Sequence" ? [.. splitting.GetProperty("pretokenizers").EnumerateArray()] : [splitting];
        if (parts.Length > 0 && Text(parts[^1], "type") == "ByteLevel" && !IsSet(parts[^1], "add_prefix_space"))
        {
            var splits = !parts[^1].TryGetProperty("use_regex", out var usesExpression) || usesExpression.GetBoolean();
            if (parts.Length == 1 && splits) return WordSplitter.Instance;
            if (parts.Length == 2 && splits && Text(parts[0], "type") == "Digits" && IsSet(parts[0], "individual_digits")) return new DigitSplitter();
            if (parts.Length == 2 && !splits && Text(parts[0], "type") == "Split" && OfExpression(parts[0]) is { } splitter) return splitter;
        }

        throw Expected("pre_tokenizer", "ByteLevel, with the splitting rules of GPT-2, Llama 3, Qwen 2 or SmolLM", splitting.GetRawText());
    }

    private static LlamaSplitter? OfExpression(JsonElement split)
    {
        var isPlain = Text(split, "behavior") == "Isolated" && !IsSet(split, "invert");
        var expression = Text(split.GetProperty("pattern"), "Regex");
        var digits = Array.Find(DigitsOfPieces, digits => LlamaSplitter.Expression(digits) == expression);
        return isPlain && digits > 0 ? new LlamaSplitter(digits) : null;
    }

    private static string? Text(JsonElement of, string key) =>
        of.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value.GetString() : null;

    private static bool IsSet(JsonElement of, string key) => of.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.True;

    private InvalidDataException Expected(string key, string what, string found) =>
        new($"{path}: {key}: expected {what}; found {Printable.Short(found)}");
}
