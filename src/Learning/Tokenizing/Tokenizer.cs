using System.Text;
using Tppo.Core.Models;
using Tppo.Core.Numerics;
using Tppo.Core.Text;

namespace Tppo.Learning.Tokenizing;

/// <summary>
/// Cuts any text into tokens: byte-level BPE in the Hugging Face layout (<c>tokenizer.json</c>), or a SentencePiece model
/// (<c>tokenizer.model</c>). Special tokens are put in by id and never read out of a text: a person who searches for "&lt;eos&gt;" gets
/// its letters.
/// </summary>
public sealed class Tokenizer
{
    private readonly byte[] file;
    private readonly ITextEncoder encoder;
    private readonly SpecialTokens? specials;

    internal Tokenizer(TokenizerFile content, byte[] file)
        : this(new ByteLevelEncoder(content), file)
    {
        specials = content.Tokens.Take(SpecialTokens.OwnTexts.Count).SequenceEqual(SpecialTokens.OwnTexts) ? SpecialTokens.Own : null;
    }

    private Tokenizer(ITextEncoder encoder, byte[] file)
    {
        (this.encoder, this.file) = (encoder, file);
        Sha256 = Digest.Hex(System.Security.Cryptography.SHA256.HashData(file));
    }

    /// <summary>Its special tokens.</summary>
    /// <exception cref="InvalidOperationException">It was read from elsewhere and has none of ours.</exception>
    public SpecialTokens Specials => specials ?? throw new InvalidOperationException("this tokenizer has no tokens for events and responses");

    /// <summary>Whether it has special tokens for events and responses; those of pretrained models have not.</summary>
    public bool HasEventTokens => specials is not null;

    /// <summary>Number of ids.</summary>
    public int VocabularySize => encoder.Bytes.Count;

    /// <summary>How many spaces it puts before a text that nothing precedes, 0 or 1; the first token's bytes hold them.</summary>
    public int SpacesBefore => encoder.SpacesBefore;

    /// <summary>SHA-256 of its file, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>Reads a <c>tokenizer.json</c>, or a SentencePiece model where the file ends in <c>.model</c>.</summary>
    /// <exception cref="InvalidDataException">The file is neither, or asks for something that is not here.</exception>
    public static Tokenizer Load(string path)
    {
        var file = File.ReadAllBytes(path);
        return path.EndsWith(".model", StringComparison.Ordinal)
            ? new Tokenizer(new SentencePieceEncoder(SentencePieceFile.Read(path, file)), file)
            : new Tokenizer(TokenizerFileReader.Read(path, file), file);
    }

    /// <summary>Reads the tokenizer of a model's folder: its SentencePiece model where there is one, else its <c>tokenizer.json</c>.</summary>
    /// <exception cref="FileNotFoundException">There is neither.</exception>
    /// <exception cref="InvalidDataException">The file asks for something that is not here.</exception>
    public static Tokenizer OfFolder(string folder)
    {
        var model = Path.Combine(folder, SentencePieceFile.FileName);
        return Load(File.Exists(model) ? model : Path.Combine(folder, CheckpointFiles.Tokenizer));
    }

    /// <summary>Writes the same bytes as were read or trained.</summary>
    public void Save(string path) => File.WriteAllBytes(path, file);

    /// <summary>Ids of a text that nothing precedes. Safe to call from several threads; pieces are cached, up to a bound.</summary>
    public int[] Encode(string text) => text.Length == 0 ? [] : [.. encoder.Encode(text, first: true)];

    /// <summary>Ids of a text behind another.</summary>
    public int[] EncodeFurther(string text) => text.Length == 0 ? [] : [.. encoder.Encode(text, first: false)];

    /// <summary>The bytes that a token stands for; none for specials.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such id.</exception>
    public ReadOnlySpan<byte> Bytes(int id)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, encoder.Bytes.Count);
        return encoder.Bytes[id];
    }

    /// <summary>A response of these tokens, with the bytes of each.</summary>
    public ResponseText Response(IEnumerable<int> ids) => ResponseText.Of([.. ids.Select(id => (ReadOnlyMemory<byte>)Bytes(id).ToArray())]);

    /// <summary>The text of tokens, specials left out. Bytes that are no UTF-8 become U+FFFD.</summary>
    public string Decode(ReadOnlySpan<int> ids)
    {
        var all = new List<byte>(ids.Length * 4);
        foreach (var id in ids) all.AddRange(Bytes(id));
        return Encoding.UTF8.GetString([.. all]);
    }
}
