using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Core.Windows;
using Tppo.Facts.Models;
using Tppo.Steps;

namespace Tppo.PolicyTrainer;

/// <summary>The prompts of each fold, kept while it is trained.</summary>
internal sealed class PromptPlans(StepContext context, ModelLog models)
{
    private readonly Dictionary<Fold, PromptPlan> plans = [];

    public PromptPlan Of(Fold fold)
    {
        if (plans.TryGetValue(fold, out var known)) return known;
        return plans[fold] = PromptPlan.Of(context, models.Cut(new StepId(fold.Model(ModelFamilies.Policy), 0))!, fold);
    }

    public void Forget(Fold fold) => plans.Remove(fold);
}
