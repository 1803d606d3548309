using Tppo.Hosting;
using Tppo.Hosting.Workers;

namespace Tppo.Evaluator;

/// <summary>
/// Evaluator: checkpoints in, figures on held-out users out.
/// <code>
///   models.v1 ──► sample held-out windows ──► rollouts.v1 (evaluation) ──► truth ──► judgements.v1 ──► evaluations.v1 ──► models.v1
/// consumes  models.v1, cuts.v1, windows.v1
/// produces  rollouts.v1, judgements.v1, evaluations.v1, models.v1
/// keeps     nothing: what it has measured stands on evaluations.v1
/// commits   all of one evaluation at once
/// blocked by nothing
/// </code>
/// </summary>
public static class EvaluatorService
{
    /// <summary>Its name.</summary>
    public const string Name = "evaluator";

    /// <summary>Its workers.</summary>
    public static IReadOnlyList<IWorker> Compose(ServiceContext context) => [new EvaluationWorker(context)];
}
