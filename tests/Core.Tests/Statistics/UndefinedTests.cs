using Tppo.Core.Statistics;

namespace Tppo.Core.Tests;

/// <summary>Figures of which there is not enough to compute them.</summary>
public sealed class UndefinedTests
{
    [Fact]
    public void A_figure_that_is_undefined_is_a_dash_for_people_null_in_JSON_and_never_0()
    {
        Assert.Equal(["0.500", "–", "–", "–"], new double?[] { 0.5, null, double.NaN, double.PositiveInfinity }.Select(v => Figure.Text(v, "F3")));
        Assert.Equal([0, null, null], new[] { 0, double.NaN, double.NegativeInfinity }.Select(Figure.Known));
        Assert.Equal((null, 0.0, 0.25), (Figure.Share(0, 0), Figure.Share(0, 2), Figure.Share(1, 4)));
    }

    [Fact]
    public void One_pair_has_a_mean_and_no_interval_and_none_has_nothing()
    {
        var one = PairedTest.T([1], [3]);
        Assert.Equal((2, double.NaN, double.NaN, double.NaN, double.NaN), (one.Mean, one.T, one.P, one.Low, one.High));
        Assert.Equal(double.NaN, PairedTest.T([], []).Mean);
    }

    [Fact]
    public void Equal_discordant_pairs_are_corrected_as_statsmodels_does()
    {
        var result = PairedTest.McNemar(5, 5);
        Assert.Equal((1.0, 0.1), (result.ExactP, result.Chi2));
        Assert.Equal(0.7518296340458492, result.Chi2P, 1e-12);
    }
}
