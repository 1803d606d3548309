namespace Tppo.Core.Numerics;

/// <summary>
/// log, exp and pow from additions, multiplications and divisions only, so that a world or a decision is the same
/// to the last bit on every machine: the platform's own differ in the last place. Relative error below 4e-15.
/// </summary>
public static class PortableMath
{
    // ln 2 in two parts: the high one has 33 zero bits at its end, so k · Ln2High is exact for every exponent k.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    /// <summary>Natural logarithm. NaN below 0, −∞ at 0.</summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || x < 0) return double.NaN;
        if (x == 0) return double.NegativeInfinity;
        if (double.IsPositiveInfinity(x)) return x;

        var exponent = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0; // 2^54: out of the subnormal range
            exponent = -54;
        }

        var bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)((bits >> 52) & 0x7FF) - 1023;
        var m = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFF) | 0x3FF0_0000_0000_0000);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            exponent++;
        }

        // ln m = 2 artanh(s), s = (m − 1)/(m + 1), |s| ≤ 0.1716: the series ends below 1e-17 after 11 terms.
        var s = (m - 1) / (m + 1);
        var z = s * s;
        var series = 0.0;
        for (var k = 23; k >= 3; k -= 2) series = (series + (1.0 / k)) * z;
        var log = 2 * s * (1 + series);
        return (exponent * Ln2High) + (log + (exponent * Ln2Low));
    }

    /// <summary>e to the x. 0 below −745, +∞ above 709.78.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x)) return x;
        if (x > 709.782712893384) return double.PositiveInfinity;
        if (x < -745.2) return 0;

        var k = (int)Math.Floor((x / (Ln2High + Ln2Low)) + 0.5);
        var r = x - (k * Ln2High) - (k * Ln2Low); // |r| ≤ 0.347
        var sum = 1.0;
        for (var n = 17; n >= 1; n--) sum = 1 + (sum * r / n);
        return ScaleByPowerOfTwo(sum, k);
    }

    /// <summary>x to the y for positive x.</summary>
    public static double Pow(double x, double y) => Exp(y * Log(x));

    private static double ScaleByPowerOfTwo(double x, int k)
    {
        if (k > 1023) return x * Two(1023) * Two(k - 1023);
        if (k < -1022) return x * Two(-1022) * Two(k + 1022);
        return x * Two(k);
    }

    private static double Two(int k) => BitConverter.Int64BitsToDouble((long)(Math.Max(k, -1022) + 1023) << 52);
}
