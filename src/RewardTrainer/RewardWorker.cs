using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Facts.Cuts;
using Tppo.Facts.Ends;
using Tppo.Facts.Models;
using Tppo.Hosting;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Learning.Native;
using Tppo.Replay;
using Tppo.Steps;

namespace Tppo.RewardTrainer;

/// <summary>Trains a reward model whenever the labels of one are complete: cut first, then the step, then the fact.</summary>
public sealed class RewardWorker : IWorker
{
    private readonly ServiceContext context;
    private readonly ModelLog models;
    private readonly StepCuts cuts;
    private readonly EndMarkWatch rollouts;
    private readonly EndMarkWatch labels;
    private readonly StepContext steps;
    private readonly CheckpointMaker checkpoints;

    /// <summary>A trainer.</summary>
    public RewardWorker(ServiceContext context)
    {
        this.context = context;
        models = new ModelLog(context.Log);
        steps = new StepContext(context.Log, context.Settings, context.Artifacts);
        checkpoints = new CheckpointMaker(steps, models, context.Board, context.Warn);
        cuts = new StepCuts(context.Log, context.Settings, models);
        rollouts = new EndMarkWatch(context.Log, Topics.Rollouts);
        labels = new EndMarkWatch(context.Log, Topics.TokenRewards);
        context.Lag.Watch(Name, [.. models.Tails, .. rollouts.Tails, .. labels.Tails]);
    }

    /// <inheritdoc/>
    public string Name => RewardTrainerService.Name;

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        models.Refresh();
        rollouts.Refresh();
        labels.Refresh();
        checkpoints.RequireAll([ModelFamilies.Reward], cancellation);
        foreach (var policy in models.Checkpoints.Where(c => c.Version == 0 && c.Model == c.Fold.Model(ModelFamilies.Policy)))
        {
            var step = new StepId(policy.Fold.Model(ModelFamilies.Reward), 0);
            if (models.Find(step.Model, 0) is not null) continue;
            if (rollouts.Before(step.Model) is not { } sampled || labels.Before(step.Model) is not { } labelled) continue;
            Train(policy, step, [.. sampled, .. labelled], cancellation);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Train(CheckpointProduced policy, StepId step, IReadOnlyList<OffsetRange> ranges, CancellationToken cancellation)
    {
        checkpoints.Require(policy, cancellation);
        using var stage = context.Board.Start("reward model", StageUnit.Tokens);
        var cut = cuts.Over(step, () => ranges, referencePolicy: policy.Checkpoint);
        var produced = RewardStep.Take(steps, cut, policy, new TrainingMeter(stage, step.Model), cancellation);
        models.Write(produced);
        RewardModelInstruments.RewardLossLocal.Set(produced.Stats.GetValueOrDefault("rm_loss_local", double.NaN));
        RewardModelInstruments.RewardLossGlobal.Set(produced.Stats.GetValueOrDefault("rm_loss_global", double.NaN));
        RewardModelInstruments.RewardLabelRatio.Set(produced.Stats.GetValueOrDefault("rm_label_ratio", double.NaN));
        TrainingInstruments.NativeTensors.Set(TorchRuntime.LiveTensors);
    }
}
