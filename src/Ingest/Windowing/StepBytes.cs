namespace Tppo.Ingest.Windowing;

/// <summary>
/// Bytes that a step gives out and that go with it: written into large pieces which the next step uses again, where the collector
/// neither finds nor moves them.
/// </summary>
internal sealed class StepBytes
{
    private const int PieceBytes = 1 << 20;
    private const int PiecesKept = 128;
    private readonly List<byte[]> pieces = [];
    private int piece, used;

    /// <summary>Keeps a copy until the step has ended.</summary>
    public ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > PieceBytes) return bytes.ToArray();
        if (pieces.Count > 0 && used + bytes.Length > PieceBytes) (piece, used) = (piece + 1, 0);
        if (piece == pieces.Count) pieces.Add(GC.AllocateUninitializedArray<byte>(PieceBytes));
        var kept = pieces[piece].AsMemory(used, bytes.Length);
        bytes.CopyTo(kept.Span);
        used += bytes.Length;
        return kept;
    }

    /// <summary>After the step: nothing that was kept is read any more.</summary>
    public void Clear()
    {
        (piece, used) = (0, 0);
        if (pieces.Count > PiecesKept) pieces.RemoveRange(PiecesKept, pieces.Count - PiecesKept);
    }
}
