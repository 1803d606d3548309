using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Core.Windows;

namespace Tppo.PolicyTrainer;

/// <summary>The splits of a run, looked at before anything is trained: each needs somebody who trains and somebody who is held out.</summary>
internal static class Splits
{
    /// <summary>
    /// The splits by which the run can be done. Of several folds one in which nobody is held out is left out, since it has nothing to
    /// measure: everybody is held out in another one.
    /// </summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="buckets">The bucket of each user who has windows.</param>
    /// <param name="warn">Told of a fold that is left out.</param>
    /// <exception cref="UserException">There are no windows, or a split has nobody on one of its sides.</exception>
    public static IReadOnlyList<Fold> Of(RunSettings settings, IReadOnlyCollection<int> buckets, Action<string> warn)
    {
        if (buckets.Count == 0) throw new UserException("expected windows, found none: nobody has enough searches");
        var planned = Fold.For(settings.Split, buckets.Count);
        Fold[] folds = [.. planned.Where(f => buckets.Any(f.IsHeldOut))];
        if (folds.Length == 0)
            throw new UserException(Refused(settings, planned[0], buckets.Count, "held out", "more split.held_out_buckets"));
        if (folds.FirstOrDefault(f => buckets.All(f.IsHeldOut)) is { } all)
            throw new UserException(
                Refused(settings, all, buckets.Count, "trained on", all.Count > 1 ? "another number of split.folds" : "fewer split.held_out_buckets"));
        foreach (var empty in planned.Except(folds)) warn($"{Name(empty)}: none of the {buckets.Count} users who have windows is held out: left out");
        return folds;
    }

    private static string Name(Fold fold) => fold.Count > 1 ? $"fold {fold.Index + 1} of {fold.Count}" : "the split";

    private static string Refused(RunSettings settings, Fold fold, int users, string side, string remedy) =>
        $"{Name(fold)} of seed {settings.Seed}: expected users who are {side}, found none of the {users} who have windows; "
        + $"give more users, another seed, or {remedy}";
}
