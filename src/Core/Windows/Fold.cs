using Tppo.Core.Settings;

namespace Tppo.Core.Windows;

/// <summary>One way to split users into those who train and those who are held out, by bucket and never by row.</summary>
/// <param name="Index">0-based number of the fold.</param>
/// <param name="Count">How many folds there are; 1: one held-out set by <paramref name="HeldOutBuckets"/>.</param>
/// <param name="HeldOutBuckets">With one fold, buckets under this are held out.</param>
public sealed record Fold(int Index, int Count, int HeldOutBuckets)
{
    /// <summary>The folds of a run: several where few users have windows, else one held-out set.</summary>
    public static IReadOnlyList<Fold> For(SplitSettings settings, int usersWithWindows) => usersWithWindows < settings.FoldsBelowUsers
        ? [.. Enumerable.Range(0, settings.Folds).Select(i => new Fold(i, settings.Folds, settings.HeldOutBuckets))]
        : [new Fold(0, 1, settings.HeldOutBuckets)];

    /// <summary>Whether a user of this bucket is held out.</summary>
    public bool IsHeldOut(int bucket) => Count == 1 ? bucket < HeldOutBuckets : bucket % Count == Index;

    /// <summary>The name of a model of this fold: <c>policy</c>, or <c>policy.3</c> where there are several.</summary>
    public string Model(string family) => Count == 1 ? family : $"{family}.{Index}";
}
