using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

// B rows, T tokens, N tokens that are targets, M = N and padding.

/// <summary>Whole token rows, padded at the right, under a causal mask: no real token sees padding.</summary>
public sealed class RowBatch : IDisposable
{
    private RowBatch(int rows, int tokens) => (Rows, Tokens) = (rows, tokens);

    /// <summary>Rows B.</summary>
    public int Rows { get; }

    /// <summary>Padded length T.</summary>
    public int Tokens { get; }

    /// <summary>int64, the padding token where padded.</summary>
    public required Tensor Ids_BT { get; init; }

    /// <summary>Targets N: every token but each row's first.</summary>
    public int Reads { get; private init; }

    /// <summary>int64, flat over (B, T): where each target is predicted, that is, at the token before it; 0 where padded.</summary>
    public required Tensor Reads_M { get; init; }

    /// <summary>int64: the targets' ids; −100 where padded.</summary>
    public required Tensor Targets_M { get; init; }

    /// <summary>Rows of token ids. Every token but the first of a row is a target.</summary>
    /// <param name="reader">The decoder that will read them, or one of its kind.</param>
    /// <param name="rows">The rows.</param>
    /// <exception cref="ArgumentException">No row, or a row without tokens.</exception>
    public static RowBatch Build(Decoder reader, IReadOnlyList<int[]> rows)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count, nameof(rows));
        var tokens = ShapeSteps.PadTokens(rows.Max(row => row.Length));
        var targets = rows.Sum(row => row.Length - 1);
        if (rows.Any(row => row.Length == 0)) throw new ArgumentException("a row has no tokens", nameof(rows));

        var ids = new long[rows.Count * tokens];
        Array.Fill(ids, reader.Specials.Pad);
        var reads = new long[targets];
        var wanted = new long[targets];
        var n = 0;
        for (var b = 0; b < rows.Count; b++)
        {
            for (var t = 0; t < rows[b].Length; t++)
            {
                ids[(b * tokens) + t] = rows[b][t];
                if (t == 0) continue;
                reads[n] = (b * tokens) + t - 1;
                wanted[n++] = rows[b][t];
            }
        }

        (reads, wanted) = ShapeSteps.PadReads(reads, wanted);
        return new RowBatch(rows.Count, tokens)
        {
            Reads = n,
            Ids_BT = reader.Device.Int64s(ids, rows.Count, tokens),
            Reads_M = reader.Device.Int64s(reads),
            Targets_M = reader.Device.Int64s(wanted),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Ids_BT.Dispose();
        Reads_M.Dispose();
        Targets_M.Dispose();
    }
}
