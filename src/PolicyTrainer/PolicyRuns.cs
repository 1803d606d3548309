using Tppo.Core.Cuts;
using Tppo.Core.Models;
using Tppo.Core.Windows;
using Tppo.Facts.Models;
using Tppo.Steps;

namespace Tppo.PolicyTrainer;

/// <summary>The policy that is being trained: one at a time, started or resumed where its newest checkpoint left it.</summary>
internal sealed class PolicyRuns(StepContext context, ModelLog models) : IDisposable
{
    private (Fold Fold, PolicyRun Run)? open;

    /// <summary>The run of a fold.</summary>
    public PolicyRun Of(Fold fold, CheckpointProduced sft, CheckpointProduced reward)
    {
        if (open is { } present && present.Fold == fold) return present.Run;
        Close();
        var newest = models.Newest(sft.Model)!;
        var critic = models.Find(fold.Model(ModelFamilies.Critic), 0);
        var windows = models.Cut(sft.Made)!;
        var run = critic is null
            ? PolicyRun.Start(context, sft, reward, windows)
            : PolicyRun.Resume(context, sft, reward, windows, newest.Version > 0 ? newest : critic, CutsBehind(critic, newest));
        open = (fold, run);
        return run;
    }

    /// <summary>Lets go of the run that is open.</summary>
    public void Close()
    {
        open?.Run.Dispose();
        open = null;
    }

    public void Dispose() => Close();

    private IEnumerable<Cut> CutsBehind(CheckpointProduced critic, CheckpointProduced newest) =>
    [
        models.Cut(critic.Made)!,
        .. Enumerable.Range(1, newest.Version).Select(ordinal => models.Cut(new StepId(newest.Model, ordinal))!),
    ];
}
