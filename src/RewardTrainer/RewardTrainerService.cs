using Tppo.Hosting;
using Tppo.Hosting.Workers;

namespace Tppo.RewardTrainer;

/// <summary>
/// RewardTrainer: token rewards in, a token-level reward model out.
/// <code>
///   rollouts.v1 (label) + token-rewards.v1 ──► cuts.v1 ──► training ──► checkpoint ──► models.v1
/// consumes  rollouts.v1, token-rewards.v1, models.v1
/// produces  cuts.v1, models.v1, checkpoints
/// keeps     nothing: what it has done stands on cuts.v1 and models.v1
/// commits   the cut before the step, the fact after the checkpoint is whole
/// blocked by the end of the labels on every partition
/// </code>
/// </summary>
public static class RewardTrainerService
{
    /// <summary>Its name.</summary>
    public const string Name = "reward-trainer";

    /// <summary>Its workers.</summary>
    public static IReadOnlyList<IWorker> Compose(ServiceContext context) => [new RewardWorker(context)];
}
