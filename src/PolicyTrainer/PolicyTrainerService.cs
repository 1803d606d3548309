using Tppo.Core.Log;
using Tppo.Facts.Models;
using Tppo.Hosting;
using Tppo.Hosting.Workers;
using Tppo.Streaming.Log;

namespace Tppo.PolicyTrainer;

/// <summary>
/// PolicyTrainer: windows in, a policy out; then its own rollouts in, a better policy out.
/// <code>
///   windows.v1 ──► cuts.v1 ──► tokenizer, SFT ──► policy 0 ──► rollouts.v1 (label)
///   reward model ──► critic warm-up ──► [ sample ──► rollouts.v1 (update) ──► cuts.v1 ──► TPPO update ] ──► policy N
/// consumes  windows.v1, models.v1 (reward models), its own rollouts.v1
/// produces  rollouts.v1, cuts.v1, models.v1, checkpoints
/// keeps     nothing: what it has done stands on rollouts.v1, cuts.v1 and models.v1
/// commits   rollouts, then their cut, then (every few updates) the fact that a checkpoint is whole
/// blocked by the end of the windows on every partition; the reward model
/// </code>
/// </summary>
public static class PolicyTrainerService
{
    /// <summary>Its name.</summary>
    public const string Name = "policy-trainer";

    // What is said there is said every second or two, and nothing hangs on it.
    private static readonly TimeSpan PresenceEvery = TimeSpan.FromSeconds(10);

    /// <summary>Its workers.</summary>
    public static IReadOnlyList<IWorker> Compose(ServiceContext context) =>
    [
        new PolicyWorker(context),
        new Auditor(context, Name, "fact-auditor", [Topics.Cuts, Topics.Models, Topics.Evaluations], FaultOf(new ModelLog(context.Log))),
        new Auditor(context, Name, "presence-auditor", [Topics.Presence], every: PresenceEvery),
    ];

    // Whether a fact has its cut, only the log as a whole can say.
    private static Func<LogRecord, string?> FaultOf(ModelLog models) => record =>
    {
        models.Refresh();
        return models.Fault(record);
    };
}
