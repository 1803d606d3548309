using System.Text;

namespace Tppo.Learning.Tokenizing;

/// <summary>
/// SentencePiece's BPE: a text's characters, of which the two neighbours with the best-scored piece are merged again and again, the first of
/// them where scores are equal; a character that no piece holds is its bytes. Kudo and Richardson, "SentencePiece" (2018).
/// </summary>
/// <remarks>Written out, since the library at hand merges neighbours of equal scores from the right: three spaces come out in the other order.</remarks>
internal sealed class SentencePieceEncoder : ITextEncoder
{
    private const char Space = '\u2581';
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> ids;
    private readonly SentencePieceFile file;
    private readonly int[]? byteIds;

    internal SentencePieceEncoder(SentencePieceFile file)
    {
        this.file = file;
        ids = file.Pieces.Index().Where(p => p.Item.Kind == SentencePieceKind.Normal).ToDictionary(p => p.Item.Text, p => p.Index, StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
        var bytes = file.Pieces.Index().Where(p => p.Item.Kind == SentencePieceKind.Byte).ToDictionary(p => p.Item.Byte!.Value, p => p.Index);
        if (bytes.Count == 256) byteIds = [.. Enumerable.Range(0, 256).Select(b => bytes[(byte)b])];
        Bytes =
        [
            .. file.Pieces.Select(piece => piece.Kind switch
            {
                SentencePieceKind.Normal => Encoding.UTF8.GetBytes(piece.Text.Replace(Space, ' ')),
                SentencePieceKind.Byte => (byte[])[piece.Byte!.Value],
                _ => [],
            }),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<byte[]> Bytes { get; }

    /// <inheritdoc/>
    public int SpacesBefore => file.PutsSpaceBefore ? 1 : 0;

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text, bool first)
    {
        var written = (first && file.PutsSpaceBefore ? " " + text : text).Replace(' ', Space);
        var symbols = new Symbols(written, this);
        symbols.Merge();
        var result = new List<int>();
        foreach (var (at, length) in symbols.Left()) Add(result, written.AsSpan(at, length));
        return result;
    }

    private void Add(List<int> result, ReadOnlySpan<char> piece)
    {
        if (ids.TryGetValue(piece, out var id))
        {
            result.Add(id);
            return;
        }

        if (byteIds is null)
        {
            result.Add(file.Unknown);
            return;
        }

        // Half a pair becomes U+FFFD, as everywhere.
        Span<byte> bytes = stackalloc byte[4];
        foreach (var b in bytes[..Encoding.UTF8.GetBytes(piece, bytes)]) result.Add(byteIds[b]);
    }

    // A text's characters in a list from which merged ones are taken out, and what neighbours could be merged, the best first.
    private sealed class Symbols
    {
        private readonly string text;
        private readonly SentencePieceEncoder encoder;
        private readonly List<(int At, int Length, int Before, int After)> symbols = [];
        private readonly PriorityQueue<(int Left, int Right, int Length), (float Score, int Left)> merges =
            new(Comparer<(float Score, int Left)>.Create((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Left.CompareTo(b.Left)));

        internal Symbols(string text, SentencePieceEncoder encoder)
        {
            (this.text, this.encoder) = (text, encoder);
            for (var at = 0; at < text.Length;)
            {
                var length = char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]) ? 2 : 1;
                symbols.Add((at, length, symbols.Count - 1, symbols.Count + 1));
                at += length;
            }

            for (var i = 1; i < symbols.Count; i++) Offer(i - 1, i);
        }

        internal void Merge()
        {
            while (merges.TryDequeue(out var merge, out _))
            {
                var (left, right) = (symbols[merge.Left], symbols[merge.Right]);
                // One of the two has been merged otherwise since.
                if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != merge.Length) continue;
                symbols[merge.Left] = left with { Length = merge.Length, After = right.After };
                symbols[merge.Right] = right with { Length = 0 };
                if (right.After < symbols.Count) symbols[right.After] = symbols[right.After] with { Before = merge.Left };
                if (left.Before >= 0) Offer(left.Before, merge.Left);
                if (right.After < symbols.Count) Offer(merge.Left, right.After);
            }
        }

        internal IEnumerable<(int At, int Length)> Left() => symbols.Where(s => s.Length > 0).Select(s => (s.At, s.Length));

        private void Offer(int left, int right)
        {
            var length = symbols[left].Length + symbols[right].Length;
            if (!encoder.ids.TryGetValue(text.AsSpan(symbols[left].At, length), out var id)) return;
            merges.Enqueue((left, right, length), (encoder.file.Pieces[id].Score, left));
        }
    }
}
