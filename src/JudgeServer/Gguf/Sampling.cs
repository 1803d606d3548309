using System.Numerics.Tensors;
using Tppo.Core.Numerics;

namespace Tppo.JudgeServer.Gguf;

/// <summary>One token by its logits: the likeliest at temperature 0, else drawn by softmax(logits / temperature).</summary>
internal static class Sampling
{
    /// <summary>Of all tokens.</summary>
    public static int Token(ReadOnlySpan<float> logits, double temperature, SeededRandom random)
    {
        if (temperature == 0) return TensorPrimitives.IndexOfMax(logits);
        Span<double> weights = new double[logits.Length];
        var highest = TensorPrimitives.Max(logits);
        for (var i = 0; i < logits.Length; i++) weights[i] = PortableMath.Exp((logits[i] - highest) / temperature);
        return Draw(weights, random);
    }

    /// <summary>Of some tokens; all others are out of the question.</summary>
    public static int Token(ReadOnlySpan<float> logits, ReadOnlySpan<int> among, double temperature, SeededRandom random)
    {
        Span<float> some = stackalloc float[among.Length];
        for (var i = 0; i < among.Length; i++) some[i] = logits[among[i]];
        return among[Token(some, temperature, random)];
    }

    private static int Draw(ReadOnlySpan<double> weights, SeededRandom random)
    {
        var left = random.NextDouble() * TensorPrimitives.Sum(weights);
        for (var i = 0; i < weights.Length - 1; i++)
        {
            left -= weights[i];
            if (left < 0) return i;
        }

        return weights.Length - 1;
    }
}
