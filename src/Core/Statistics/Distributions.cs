namespace Tppo.Core.Statistics;

/// <summary>The few distribution functions that the tests need, to about 1e-12.</summary>
public static class Distributions
{
    /// <summary>P(T &gt; t) of Student's t with the given degrees of freedom, t ≥ 0.</summary>
    public static double StudentUpperTail(double t, double degrees) =>
        0.5 * RegularisedBeta(degrees / (degrees + (t * t)), degrees / 2, 0.5);

    /// <summary>Student's quantile for p &gt; 0.5, by bisection.</summary>
    public static double StudentQuantile(double p, double degrees)
    {
        double low = 0, high = 1;
        while (StudentUpperTail(high, degrees) > 1 - p) high *= 2;
        for (var i = 0; i < 200 && high - low > 1e-15 * high; i++)
        {
            var middle = (low + high) / 2;
            if (StudentUpperTail(middle, degrees) > 1 - p) low = middle;
            else high = middle;
        }

        return (low + high) / 2;
    }

    /// <summary>P(X &gt; x) of χ² with one degree of freedom: the regularised upper gamma function Q(½, x/2).</summary>
    public static double ChiSquareUpperTail1(double x)
    {
        var half = x / 2;
        if (half <= 0) return 1;
        if (half < 1.5)
        {
            // Series of the lower function: γ(½, z) = √z e^−z Σ zⁿ / (½ (3/2) … (½ + n)).
            double term = 2, sum = 2;
            for (var n = 1; n < 500 && term > 1e-17 * sum; n++) sum += term *= half / (0.5 + n);
            return 1 - (Math.Sqrt(half / Math.PI) * Math.Exp(-half) * sum);
        }

        // Lentz's continued fraction of the upper function.
        double b = half + 0.5, c = 1e300, d = 1 / b, h = d;
        for (var i = 1; i < 500; i++)
        {
            var a = -i * (i - 0.5);
            b += 2;
            d = 1 / ((a * d) + b);
            c = b + (a / c);
            h *= d * c;
            if (Math.Abs((d * c) - 1) < 1e-16) break;
        }

        return Math.Sqrt(half / Math.PI) * Math.Exp(-half) * h;
    }

    /// <summary>ln of n choose k.</summary>
    public static double LogBinomial(int n, int k) => LogGamma(n + 1) - LogGamma(k + 1) - LogGamma(n - k + 1);

    /// <summary>ln Γ(x), x &gt; 0, by Lanczos' approximation (g = 7, nine terms).</summary>
    public static double LogGamma(double x)
    {
        ReadOnlySpan<double> terms =
        [
            0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
            12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
        ];
        if (x < 0.5) return Math.Log(Math.PI / Math.Sin(Math.PI * x)) - LogGamma(1 - x);
        x -= 1;
        var sum = terms[0];
        for (var i = 1; i < terms.Length; i++) sum += terms[i] / (x + i);
        var t = x + 7.5;
        return (0.5 * Math.Log(2 * Math.PI)) + ((x + 0.5) * Math.Log(t)) - t + Math.Log(sum);
    }

    /// <summary>The regularised incomplete beta function I_x(a, b), by its continued fraction.</summary>
    public static double RegularisedBeta(double x, double a, double b)
    {
        if (x <= 0) return 0;
        if (x >= 1) return 1;
        var front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + (a * Math.Log(x)) + (b * Math.Log(1 - x)));
        return x < (a + 1) / (a + b + 2)
            ? front * BetaFraction(x, a, b) / a
            : 1 - (front * BetaFraction(1 - x, b, a) / b);
    }

    private static double BetaFraction(double x, double a, double b)
    {
        const double tiny = 1e-300;
        double c = 1, d = 1 - ((a + b) * x / (a + 1));
        d = 1 / (Math.Abs(d) < tiny ? tiny : d);
        var h = d;
        for (var m = 1; m < 1000; m++)
        {
            var even = m * (b - m) * x / ((a + (2 * m) - 1) * (a + (2 * m)));
            d = 1 / NotZero(1 + (even * d));
            c = NotZero(1 + (even / c));
            h *= d * c;
            var odd = -(a + m) * (a + b + m) * x / ((a + (2 * m)) * (a + (2 * m) + 1));
            d = 1 / NotZero(1 + (odd * d));
            c = NotZero(1 + (odd / c));
            var step = d * c;
            h *= step;
            if (Math.Abs(step - 1) < 1e-16) break;
        }

        return h;

        static double NotZero(double v) => Math.Abs(v) < tiny ? tiny : v;
    }
}
