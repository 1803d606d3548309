namespace Tppo.Core.Statistics;

/// <summary>Tests of paired outcomes.</summary>
public static class PairedTest
{
    /// <summary>Student's paired t-test of second − first, with a 95 % t-interval. One pair has a mean and nothing else: NaN.</summary>
    public static PairedDifference T(IReadOnlyList<double> first, IReadOnlyList<double> second)
    {
        if (first.Count != second.Count) throw new ArgumentException("pairs need equal numbers", nameof(second));
        var n = first.Count;
        if (n == 0) return new PairedDifference(double.NaN, double.NaN, double.NaN, double.NaN, double.NaN);
        var mean = 0.0;
        for (var i = 0; i < n; i++) mean += (second[i] - first[i]) / n;
        if (n == 1) return new PairedDifference(mean, double.NaN, double.NaN, double.NaN, double.NaN);
        var squares = 0.0;
        for (var i = 0; i < n; i++) squares += Math.Pow(second[i] - first[i] - mean, 2);
        var error = Math.Sqrt(squares / (n - 1) / n);
        if (error == 0) return new PairedDifference(mean, mean == 0 ? 0 : double.PositiveInfinity * Math.Sign(mean), mean == 0 ? 1 : 0, mean, mean);
        var t = mean / error;
        var half = Distributions.StudentQuantile(0.975, n - 1) * error;
        return new PairedDifference(mean, t, 2 * Distributions.StudentUpperTail(Math.Abs(t), n - 1), mean - half, mean + half);
    }

    /// <summary>
    /// McNemar's test from the discordant pairs; χ² = (|a − b| − 1)² / (a + b) as Edwards corrected it and as statsmodels has it. So 5
    /// against 5 is 0.1 and not 0: R takes the correction back where it would pass 0.
    /// </summary>
    public static McNemarResult McNemar(int onlyFirst, int onlySecond)
    {
        var n = onlyFirst + onlySecond;
        if (n == 0) return new McNemarResult(1, 0, 1);
        var tail = 0.0;
        for (var k = 0; k <= Math.Min(onlyFirst, onlySecond); k++)
        {
            tail += Math.Exp(Distributions.LogBinomial(n, k) - (n * Math.Log(2)));
        }

        var chi2 = Math.Pow(Math.Abs(onlyFirst - onlySecond) - 1, 2) / n;
        return new McNemarResult(Math.Min(1, 2 * tail), chi2, Distributions.ChiSquareUpperTail1(chi2));
    }
}
