using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Losses;

/// <summary>Shifts and scales advantages to mean 0 and standard deviation 1.</summary>
public static class Whitening
{
    private const double Epsilon = 1e-8;

    /// <summary>(x − mean) / √(variance + 1e-8), mean and sample variance (n − 1) over the mask: by the deviation, not the variance.</summary>
    /// <param name="values">Any shape.</param>
    /// <param name="mask">The same shape; 1 on what counts.</param>
    /// <returns>0 where the mask is. Fewer than two values have no deviation and come back as they are.</returns>
    public static Tensor Whiten(Tensor values, Tensor mask)
    {
        var count = Count(mask);
        if (count < 2) return Masked.Keep(values, mask);
        var centred = Centred(values, mask, count);
        return centred * rsqrt(centred.Squared().sum().Over(count - 1).Plus(Epsilon));
    }

    /// <summary>Sample variance over the mask; 0 for fewer than two values.</summary>
    internal static double Variance(Tensor values, Tensor mask)
    {
        var count = Count(mask);
        return count < 2 ? 0 : Centred(values, mask, count).Squared().sum().Over(count - 1).Number();
    }

    private static double Count(Tensor mask) => mask.to_type(ScalarType.Float64).sum().Number();

    private static Tensor Centred(Tensor values, Tensor mask, double count) =>
        Masked.Keep(values - Masked.Keep(values, mask).sum().Over(count), mask);
}
