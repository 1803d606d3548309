using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

/// <summary>What a decoder expects behind a text, in the plainest way: one row alone, nothing shared.</summary>
public static class NextTokens
{
    /// <summary>Logits behind each token: a row a position, a number a token of the vocabulary.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A token is none of the vocabulary's.</exception>
    public static IReadOnlyList<float[]> Logits(Decoder decoder, int[] ids)
    {
        foreach (var id in ids)
        {
            if (id < 0 || id >= decoder.Settings.Vocabulary)
                throw new ArgumentOutOfRangeException(nameof(ids), id, $"expected a token of the vocabulary, 0 to {decoder.Settings.Vocabulary - 1}");
        }

        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var batch = RowBatch.Build(decoder, [ids]);
        var logits_TV = decoder.Logits(decoder.Hidden(batch)).squeeze(0);
        return [.. Enumerable.Range(0, ids.Length).Select(t => logits_TV.select(0, t).ToFloats())];
    }
}
