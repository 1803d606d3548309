using Tppo.Hosting;
using Tppo.Hosting.Workers;

namespace Tppo.Labeler;

/// <summary>
/// Labeler: rollouts in, token rewards out, by way of a judge.
/// <code>
///   rollouts.v1 (label) ──► judge ──► judgements.v1 (raw answers) ──► words to tokens ──► token-rewards.v1
/// consumes  rollouts.v1; windows.v1 for the histories; models.v1 and cuts.v1 for whose they are
/// produces  judgements.v1, token-rewards.v1; evaluations.v1 (what a language model is worth as judge); labeler.dlq.v1
/// keeps     nothing but its position: answers are facts on judgements.v1
/// commits   the token rewards of a partition's records and their offsets in one step, after the judgements stand
/// blocked by the judge, and its budget of the day
/// </code>
/// </summary>
public static class LabelerService
{
    /// <summary>Its name.</summary>
    public const string Name = "labeler";

    /// <summary>Its workers.</summary>
    public static IReadOnlyList<IWorker> Compose(ServiceContext context) => [new LabelWorker(context)];
}
