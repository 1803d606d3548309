using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Hosting;
using Tppo.Hosting.Artifacts;
using Tppo.Hosting.Cuts;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;

namespace Tppo.RewardTrainer;

/// <summary>Trains a reward model whenever the labels of one are complete: cut first, then the step, then the fact.</summary>
public sealed class RewardWorker : IWorker
{
    private readonly ServiceContext context;
    private readonly ModelLog models;
    private readonly EndMarkWatch rollouts;
    private readonly EndMarkWatch labels;

    /// <summary>A trainer.</summary>
    public RewardWorker(ServiceContext context)
    {
        this.context = context;
        models = new ModelLog(context.Log);
        rollouts = new EndMarkWatch(context.Log, Topics.Rollouts);
        labels = new EndMarkWatch(context.Log, Topics.TokenRewards);
    }

    /// <inheritdoc/>
    public string Name => RewardTrainerService.Name;

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        models.Refresh();
        rollouts.Refresh();
        labels.Refresh();
        foreach (var policy in models.Checkpoints.Where(c => c.Version == 0 && c.Model.StartsWith(ModelFamilies.Policy, StringComparison.Ordinal)))
        {
            var model = policy.Fold.Model(ModelFamilies.Reward);
            if (models.Find(model, 0) is not null) continue;
            if (rollouts.MarksOf(model) is not { } sampled || labels.MarksOf(model) is not { } labelled) continue;
            Train(policy, model, sampled, labelled, cancellation);
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }

    private void Train(CheckpointProduced policy, string model, IReadOnlyList<long> sampled, IReadOnlyList<long> labelled, CancellationToken cancellation)
    {
        using var stage = context.Board.Start("reward model", StageUnit.Tokens);
        if (models.Cut(model, 0) is not { } cut)
        {
            cut = CutBuilder.Build(
                context.Log, context.Settings, model, 0,
                [.. Ranges(Topics.Rollouts, sampled), .. Ranges(Topics.TokenRewards, labelled)], referencePolicy: policy.Checkpoint);
            models.Write(cut);
        }

        var produced = RewardStep.Take(context.Log, context.Settings, cut, policy, context.Artifacts, stage, cancellation);
        models.Write(produced);
        Metrics.RewardLossLocal.Set(produced.Stats["rm_loss_local"]);
        Metrics.RewardLossGlobal.Set(produced.Stats["rm_loss_global"]);
        Metrics.RewardLabelRatio.Set(produced.Stats["rm_label_ratio"]);
        Metrics.TrainSteps.WithLabels(model).Inc();
        Metrics.NativeTensors.Set(Learning.Native.TorchRuntime.LiveTensors);
    }

    private static IEnumerable<(TopicPartition Partition, long From, long To)> Ranges(string topic, IReadOnlyList<long> ends) =>
        ends.Select((end, p) => (new TopicPartition(topic, p), 0L, end));
}
