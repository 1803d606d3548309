using System.Globalization;
using Tppo.Core.Judging;
using Tppo.Core.Numerics;

namespace Tppo.Learning.Losses;

/// <summary>Thins out the labels of a batch where one is far more frequent than the other.</summary>
public static class BalanceMask
{
    private const double RatioMax = 3;

    /// <summary>
    /// Which tokens stay in V. With n₁ and n₂ the batch's tokens of category 1 and 2: if n₂ &gt; 3 n₁, each token of category 2
    /// stays with probability 3 n₁ / n₂, and the other way round. Category 0 stays; where either count is 0, all stay.
    /// </summary>
    /// <remarks>Each draw is keyed by (seed, row, token index), so it does not depend on what else is in the batch.</remarks>
    /// <param name="seed">Seed of the training.</param>
    /// <param name="rows">Name of each response: its window's id, and its number where a window has several.</param>
    /// <param name="categories">Categories of each response's tokens.</param>
    public static bool[][] Keep(long seed, IReadOnlyList<string> rows, IReadOnlyList<IReadOnlyList<Category>> categories)
    {
        if (rows.Count != categories.Count) throw new ArgumentException($"{rows.Count} names for {categories.Count} responses", nameof(rows));
        var one = categories.Sum(row => row.LongCount(category => category == Category.Irrelevant));
        var two = categories.Sum(row => row.LongCount(category => category == Category.Relevant));
        var thinned = one > 0 && two > RatioMax * one ? Category.Relevant
            : two > 0 && one > RatioMax * two ? Category.Irrelevant
            : (Category?)null;
        var probability = thinned switch
        {
            Category.Relevant => RatioMax * one / two,
            Category.Irrelevant => RatioMax * two / one,
            _ => 1,
        };
        return [.. rows.Zip(categories, (row, of) => of.Select((category, index) => category != thinned || Stays(row, index)).ToArray())];

        bool Stays(string row, int index) =>
            SeededRandom.For("balance-mask", seed, row, index.ToString(CultureInfo.InvariantCulture)).NextBool(probability);
    }
}
