namespace Tppo.Learning.Models;

/// <summary>
/// Sizes that batches are padded up to. oneDNN compiles a product anew for every shape it has not seen (about 2 ms, forth and
/// back): with few shapes it has soon seen all, at two or three tokens of padding in a hundred.
/// </summary>
internal static class ShapeSteps
{
    /// <summary>What the library's cross-entropy skips.</summary>
    internal const long IgnoredTarget = -100;

    private const int Tokens = 8;
    private const int Reads = 64;

    internal static int PadTokens(int tokens) => RoundUp(tokens, Tokens);

    /// <summary>Pads places that are read with place 0, and their targets with what is ignored.</summary>
    internal static (long[] Reads, long[] Targets) PadReads(long[] reads, long[] targets)
    {
        var size = RoundUp(reads.Length, Reads);
        var (paddedReads, paddedTargets) = (new long[size], new long[size]);
        reads.CopyTo(paddedReads, 0);
        targets.CopyTo(paddedTargets, 0);
        paddedTargets.AsSpan(targets.Length).Fill(IgnoredTarget);
        return (paddedReads, paddedTargets);
    }

    private static int RoundUp(int size, int step) => (size + step - 1) / step * step;
}
