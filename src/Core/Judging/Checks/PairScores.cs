using System.Globalization;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Numerics;
using Tppo.Core.Statistics;

namespace Tppo.Core.Judging.Checks;

/// <summary>How a judge scores people's own next searches and others', and how well that tells them apart.</summary>
public static class PairScores
{
    private const int Resamples = 1000;
    private const int PairsLeast = 5;

    /// <summary>A response's score: the share of its words that are relevant, or where only the whole was asked for, the whole; null: unknown.</summary>
    public static double? Of(JudgeReading reading)
    {
        if (reading.Outcome == ReadingOutcome.Reject) return null;
        var scored = reading.Words.Where(w => w != Category.None).ToList();
        if (scored.Count > 0) return scored.Count(w => w == Category.Relevant) / (double)scored.Count;
        return reading.Whole == Category.None ? null : reading.Whole == Category.Relevant ? 1 : 0;
    }

    /// <summary>
    /// AUC of own against others' over pairs of which both are known, with a 95 % interval by resampling pairs; nulls where there are too
    /// few.
    /// </summary>
    /// <param name="pairs">The scores.</param>
    /// <param name="seed">Of the resampling.</param>
    public static (double? Auc, double? Low, double? High) Auc(IReadOnlyList<(double? Own, double? Other)> pairs, long seed)
    {
        (double Own, double Other)[] known =
            [.. pairs.Where(p => p.Own is not null && p.Other is not null).Select(p => (p.Own!.Value, p.Other!.Value))];
        return Resampled(known, Area, seed);
    }

    /// <summary>The mean of what is known, with a 95 % interval by resampling; nulls where there is too little.</summary>
    /// <param name="values">The values.</param>
    /// <param name="seed">Of the resampling.</param>
    public static (double? Mean, double? Low, double? High) Mean(IReadOnlyList<double?> values, long seed) =>
        Resampled([.. values.OfType<double>()], sample => sample.Average(), seed);

    private static (double? Value, double? Low, double? High) Resampled<T>(T[] known, Func<T[], double> figure, long seed)
    {
        if (known.Length < PairsLeast) return (null, null, null);
        var random = SeededRandom.For("judge check interval", seed, known.Length.ToString(CultureInfo.InvariantCulture));
        var drawn = new double[Resamples];
        var sample = new T[known.Length];
        for (var i = 0; i < Resamples; i++)
        {
            for (var k = 0; k < sample.Length; k++) sample[k] = known[random.NextUInt64() % (ulong)known.Length];
            drawn[i] = figure(sample);
        }

        Array.Sort(drawn);
        return (figure(known), drawn[(int)(0.025 * Resamples)], drawn[(int)(0.975 * Resamples)]);
    }

    private static double Area((double Own, double Other)[] pairs) =>
        Ranking.Auc([.. pairs.Select(p => p.Own), .. pairs.Select(p => p.Other)], [.. pairs.Select(_ => true), .. pairs.Select(_ => false)])!.Value;
}
