using System.Text;

namespace Tppo.Learning.Tokenizing;

/// <summary>Learns byte-level BPE: merges the most frequent pair of neighbours again and again, never across GPT-2's pieces.</summary>
/// <remarks>
/// Source: Sennrich, Haddow, Birch, "Neural machine translation of rare words with subword units" (2016). Equal counts are
/// broken by the lower ids, left then right, so that the result depends on the texts and how often they occur, not on their order.
/// </remarks>
public static class BpeTrainer
{
    /// <summary>A tokenizer with at most <paramref name="vocabulary"/> ids: 7 specials, 256 bytes, merges.</summary>
    /// <param name="texts">What it learns from; a text that occurs twice counts twice.</param>
    /// <param name="vocabulary">Ids wanted, at least 263. There are fewer where no pair is left to merge.</param>
    public static Tokenizer Train(IEnumerable<string> texts, int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, SpecialTokens.OwnTexts.Count + 256);
        var tokens = SpecialTokens.OwnTexts.Concat(ByteAlphabet.InOrder.Select(b => ByteAlphabet.Char(b).ToString())).ToList();
        var merges = new List<(string Left, string Right)>();
        var words = new MergeState(CountPieces(texts));
        while (tokens.Count < vocabulary && words.MostFrequent() is { } pair)
        {
            merges.Add((tokens[pair.Left], tokens[pair.Right]));
            words.Merge(pair, tokens.Count);
            tokens.Add(tokens[pair.Left] + tokens[pair.Right]);
        }

        var file = new TokenizerFile([.. tokens], merges, [.. Enumerable.Range(0, SpecialTokens.OwnTexts.Count)]);
        return new Tokenizer(file, file.Write());
    }

    private static Dictionary<string, long> CountPieces(IEnumerable<string> texts)
    {
        var counts = new Dictionary<string, long>();
        var lookup = counts.GetAlternateLookup<ReadOnlySpan<char>>();
        foreach (var text in texts)
        {
            foreach (var (offset, length) in WordSplitter.Split(text))
            {
                var piece = text.AsSpan(offset, length);
                lookup.TryGetValue(piece, out var count);
                lookup[piece] = count + 1;
            }
        }

        return counts;
    }

    private sealed class MergeState
    {
        private readonly List<int>[] pieces;
        private readonly long[] counts;
        private readonly Dictionary<(int Left, int Right), long> pairs = [];
        private readonly Dictionary<(int Left, int Right), HashSet<int>> where = [];

        // Entries are right when they go in and may be too high later: checked when they come out.
        private readonly PriorityQueue<(int Left, int Right, long Count), (long Negative, int Left, int Right)> queue = new();

        internal MergeState(Dictionary<string, long> texts)
        {
            var ids = new int[256];
            var next = SpecialTokens.OwnTexts.Count;
            foreach (var b in ByteAlphabet.InOrder) ids[b] = next++;
            pieces = [.. texts.Keys.Select(text => Encoding.UTF8.GetBytes(text).Select(b => ids[b]).ToList())];
            counts = [.. texts.Values];
            for (var piece = 0; piece < pieces.Length; piece++) Count(piece, 1);
            foreach (var pair in pairs) Enqueue(pair.Key, pair.Value);
        }

        internal (int Left, int Right)? MostFrequent()
        {
            while (queue.TryDequeue(out var entry, out _))
            {
                var count = pairs.GetValueOrDefault((entry.Left, entry.Right));
                if (count == 0) continue;
                if (count == entry.Count) return (entry.Left, entry.Right);
                Enqueue((entry.Left, entry.Right), count);
            }

            return null;
        }

        internal void Merge((int Left, int Right) pair, int id)
        {
            var born = new HashSet<(int Left, int Right)>();
            foreach (var piece in where[pair].Order().ToArray())
            {
                Count(piece, -1);
                var ids = pieces[piece];
                var kept = 0;
                for (var i = 0; i < ids.Count; i++)
                {
                    var hit = i + 1 < ids.Count && ids[i] == pair.Left && ids[i + 1] == pair.Right;
                    ids[kept++] = hit ? id : ids[i];
                    if (hit) i++;
                }

                ids.RemoveRange(kept, ids.Count - kept);
                Count(piece, 1);
                for (var i = 0; i + 1 < ids.Count; i++)
                {
                    if (ids[i] == id || ids[i + 1] == id) born.Add((ids[i], ids[i + 1]));
                }
            }

            pairs.Remove(pair);
            where.Remove(pair);
            foreach (var neighbour in born) Enqueue(neighbour, pairs[neighbour]);
        }

        private void Count(int piece, int sign)
        {
            var ids = pieces[piece];
            for (var i = 0; i + 1 < ids.Count; i++)
            {
                var pair = (ids[i], ids[i + 1]);
                pairs[pair] = pairs.GetValueOrDefault(pair) + (sign * counts[piece]);
                if (sign < 0) continue;
                if (!where.TryGetValue(pair, out var set)) where[pair] = set = [];
                set.Add(piece);
            }
        }

        private void Enqueue((int Left, int Right) pair, long count)
        {
            if (count > 0) queue.Enqueue((pair.Left, pair.Right, count), (-count, pair.Left, pair.Right));
        }
    }
}
