using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Core.Numerics;
using Tppo.Core.Windows;
using Tppo.Facts.Cuts;

namespace Tppo.Steps;

/// <summary>Which training windows are sampled for what: a function of the windows' cut and the seed alone.</summary>
/// <param name="Labels">To be judged.</param>
/// <param name="Rounds">To be responded to in warm-up rounds and updates, in this order, again from the start at the end.</param>
public sealed record PromptPlan(IReadOnlyList<Window> Labels, IReadOnlyList<Window> Rounds)
{
    /// <summary>The windows of a fold.</summary>
    public static PromptPlan Of(StepContext context, Cut windows, Fold fold)
    {
        var settings = context.Settings;
        var rounds = (settings.Tppo.WarmupRounds + settings.Tppo.Updates) * settings.Tppo.Prompts;
        var taken = WindowCut.Training(
            context.Log, windows, fold,
            new WindowCut.Sample(settings.Labels.Windows, Digest.Seed(settings.Seed, fold.Model(ModelFamilies.Policy), "labels")),
            new WindowCut.Sample(rounds, Digest.Seed(settings.Seed, fold.Model(ModelFamilies.Policy), "prompts")));
        return new PromptPlan(taken[0], taken[1]);
    }

    /// <summary>The windows of one round: warm-up rounds first, then updates. None twice within a round.</summary>
    public IReadOnlyList<Window> Round(int number, int size)
    {
        var count = Math.Min(size, Rounds.Count);
        return [.. Enumerable.Range(0, count).Select(i => Rounds[(int)((((long)number * count) + i) % Rounds.Count)])];
    }
}
