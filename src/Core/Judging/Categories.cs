namespace Tppo.Core.Judging;

/// <summary>Makes categories of what is known otherwise.</summary>
public static class Categories
{
    /// <summary>Of what is known to be relevant or not.</summary>
    public static Category Of(bool relevant) => relevant ? Category.Relevant : Category.Irrelevant;

    /// <summary>Of a stored number.</summary>
    /// <exception cref="FormatException">It is none of 0, 1 and 2.</exception>
    public static Category Of(sbyte number) => number is >= 0 and <= 2
        ? (Category)number
        : throw new FormatException($"category: expected 0, 1 or 2, found {number}");

    /// <summary>The likeliest of three; where two are equal, the one that says less.</summary>
    /// <param name="none">How likely it is that the token belongs to no word.</param>
    /// <param name="irrelevant">How likely it is irrelevant.</param>
    /// <param name="relevant">How likely it is relevant.</param>
    public static Category Likeliest(double none, double irrelevant, double relevant)
    {
        if (relevant > irrelevant) return relevant > none ? Category.Relevant : Category.None;
        return irrelevant > none ? Category.Irrelevant : Category.None;
    }
}
