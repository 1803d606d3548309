namespace Tppo.Core.Statistics;

/// <summary>Wilson's score interval of a proportion.</summary>
public static class Wilson
{
    /// <summary>Two-sided 95 % normal quantile.</summary>
    public const double Z95 = 1.959963984540054;

    /// <summary>(p + z²/2n ± z √(p(1−p)/n + z²/4n²)) / (1 + z²/n); NaN for n = 0.</summary>
    public static Interval Of(int successes, int n)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(successes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(successes, n);
        if (n == 0) return new Interval(double.NaN, double.NaN, double.NaN);
        double p = (double)successes / n, z2 = Z95 * Z95 / n;
        var centre = (p + (z2 / 2)) / (1 + z2);
        var half = Z95 * Math.Sqrt((p * (1 - p) / n) + (z2 / (4 * n))) / (1 + z2);

        // The ends are exactly 0 and 1 at the ends of the range; the formula misses them by rounding.
        return new Interval(p, successes == 0 ? 0 : centre - half, successes == n ? 1 : centre + half);
    }
}
