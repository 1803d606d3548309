using System.Text;
using Microsoft.ML.Tokenizers;

namespace Tppo.Learning.Tokenizing;

/// <summary>Byte-level BPE: a text in pieces, a piece's bytes as tokens, merged in the order of the file.</summary>
internal sealed class ByteLevelEncoder : ITextEncoder
{
    private readonly BpeTokenizer encoder;
    private readonly PieceSplitter splitter;
    private readonly bool composes;
    private readonly Dictionary<string, int>? wholes;

    internal ByteLevelEncoder(TokenizerFile content)
    {
        (splitter, composes) = (content.Splitter, content.Composes);
        var (textless, added) = (content.Specials.ToHashSet(), content.Added.ToHashSet());
        Bytes =
        [
            .. content.Tokens.Select((text, id) => textless.Contains(id) ? []
                : added.Contains(id) ? Encoding.UTF8.GetBytes(text)
                : ByteAlphabet.Read(text) ?? []),
        ];
        var vocabulary = content.Tokens.Select((text, id) => KeyValuePair.Create(text, id))
            .Where(token => !textless.Contains(token.Value) && !added.Contains(token.Value)).ToDictionary();
        if (content.WholePieces) wholes = vocabulary;
        encoder = BpeTokenizer.Create(new BpeOptions(vocabulary)
        {
            Merges = content.Merges.Select(merge => $"{merge.Left} {merge.Right}"),
            ByteLevel = true,
            PreTokenizer = content.Splitter,
        });
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Bytes { get; }

    /// <inheritdoc/>
    public int SpacesBefore => 0;

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text, bool first)
    {
        if (composes) text = Composed(text);
        return wholes is null ? encoder.EncodeToIds(text, considerPreTokenization: true, considerNormalization: false) : [.. EncodePieces(text)];
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
}
