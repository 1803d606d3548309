using System.Text;
using Microsoft.ML.Tokenizers;
using Tppo.Core.Numerics;

namespace Tppo.Learning.Tokenizing;

/// <summary>
/// Byte-level BPE over any text, in the Hugging Face layout (<c>tokenizer.json</c>). Special tokens are put in by id and never
/// read out of a text: a person who searches for "&lt;eos&gt;" gets its letters.
/// </summary>
public sealed class Tokenizer
{
    private readonly byte[] file;
    private readonly byte[][] bytes;
    private readonly BpeTokenizer encoder;
    private readonly PieceSplitter splitter;
    private readonly bool composes;
    private readonly Dictionary<string, int>? wholes;
    private readonly SpecialTokens? specials;

    internal Tokenizer(TokenizerFile content, byte[] file)
    {
        this.file = file;
        specials = content.Tokens.Take(SpecialTokens.OwnTexts.Count).SequenceEqual(SpecialTokens.OwnTexts) ? SpecialTokens.Own : null;
        (splitter, composes) = (content.Splitter, content.Composes);
        var (textless, added) = (content.Specials.ToHashSet(), content.Added.ToHashSet());
        bytes = [.. content.Tokens.Select((text, id) => textless.Contains(id) ? []
            : added.Contains(id) ? Encoding.UTF8.GetBytes(text)
            : ByteAlphabet.Read(text) ?? [])];
        var vocabulary = content.Tokens.Select((text, id) => KeyValuePair.Create(text, id))
            .Where(token => !textless.Contains(token.Value) && !added.Contains(token.Value)).ToDictionary();
        if (content.WholePieces) wholes = vocabulary;
        encoder = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = content.Merges.Select(merge => $"{merge.Left} {merge.Right}"),
            ByteLevel = true,
            PreTokenizer = content.Splitter,
        });
        Sha256 = Digest.Hex(System.Security.Cryptography.SHA256.HashData(file));
    }

    /// <summary>Its special tokens.</summary>
    /// <exception cref="InvalidOperationException">It was read from elsewhere and has none of ours.</exception>
    public SpecialTokens Specials => specials ?? throw new InvalidOperationException("this tokenizer has no tokens for events and responses");

    /// <summary>Number of ids.</summary>
    public int VocabularySize => bytes.Length;

    /// <summary>SHA-256 of <c>tokenizer.json</c>, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <exception cref="InvalidDataException">The file is no byte-level BPE tokenizer.</exception>
    public static Tokenizer Load(string path)
    {
        var file = File.ReadAllBytes(path);
        return new Tokenizer(TokenizerFileReader.Read(path, file), file);
    }

    /// <summary>Writes the same bytes as were read or trained.</summary>
    public void Save(string path) => File.WriteAllBytes(path, file);

    /// <summary>Ids of a text. Safe to call from several threads; pieces are cached, up to a bound.</summary>
    public int[] Encode(string text)
    {
        if (text.Length == 0) return [];
        if (composes) text = Composed(text);
        return wholes is null ? [.. encoder.EncodeToIds(text, considerPreTokenization: true, considerNormalization: false)] : [.. EncodePieces(text)];
    }

    // Half a pair is no text that could be composed.
    private static string Composed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)).Normalize(NormalizationForm.FormC);

    private IEnumerable<int> EncodePieces(string text)
    {
        foreach (var (offset, length) in splitter.PreTokenize(text))
        {
            var piece = text.Substring(offset, length);
            if (wholes!.TryGetValue(ByteAlphabet.Write(Encoding.UTF8.GetBytes(piece)), out var whole)) yield return whole;
            else foreach (var id in encoder.EncodeToIds(piece, considerPreTokenization: false, considerNormalization: false)) yield return id;
        }
    }

    /// <summary>The bytes that a token stands for; none for specials.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public ReadOnlySpan<byte> Bytes(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, bytes.Length);
        return bytes[id];
    }

    /// <summary>The text of tokens, specials left out. Bytes that are no UTF-8 become U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var all = new List<byte>(ids.Length * 4);
        foreach (var id in ids) all.AddRange(Bytes(id));
        return Encoding.UTF8.GetString([.. all]);
    }
}
