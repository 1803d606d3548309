using Tppo.Core;
using Tppo.Core.Log;
using Tppo.Core.Privacy;
using Tppo.Core.Settings;
using Tppo.Hosting;
using Tppo.Hosting.Workers;
using Tppo.Ingest.Import;
using Tppo.Ingest.Sequencing;
using Tppo.Ingest.Windowing;

namespace Tppo.Ingest;

/// <summary>
/// Ingest: people's events in, one canonical timeline and windows out.
/// <code>
///   file | search world ──► importer ──► search.v1 click.v1 purchase.v1 visit.v1
///                                             └──► sequencer ──► timeline.v1 ──► windower ──► windows.v1
///                                                      └──► late.v1
/// consumes  the run's input, erasures.v1; the auditor: every keyed topic, for records that are none of ours
/// produces  search.v1 click.v1 purchase.v1 visit.v1, timeline.v1, late.v1, windows.v1, ingest.dlq.v1
/// keeps     how far the import is; per partition the sequencer's bounds; per user the windower's history
/// commits   each worker's outputs, state and offsets in one step
/// blocked   by nothing
/// </code>
/// </summary>
public static class IngestService
{
    /// <summary>Its name.</summary>
    public const string Name = "ingest";

    /// <summary>The workers, in the order in which events pass them.</summary>
    /// <param name="context">What the host gives.</param>
    /// <param name="source">The input, where it was opened before; else it is opened by the run's settings.</param>
    /// <param name="pseudonyms">Key and salt; null: the demonstration's, made from the seed.</param>
    public static IReadOnlyList<IWorker> Compose(ServiceContext context, IImportSource? source = null, Pseudonyms? pseudonyms = null) =>
    [
        new Importer(context, () => source ?? Open(context.Settings), pseudonyms ?? Pseudonyms.ForDemo(context.Settings.Seed), ImportId(context.Settings)),
        new Sequencer(context, TimeProvider.System),
        new WindowWorker(context),
        new Auditor(context, Name, "auditor", Audited),
        new RetentionWorker(context, TimeProvider.System),
    ];

    // What no service reads from end to end in steps of its own, of as many partitions as there are of events.
    private static readonly string[] Audited =
    [
        Topics.Late, Topics.Windows, Topics.WindowState, Topics.Rollouts, Topics.Judgements, Topics.TokenRewards, Topics.Erasures,
        Topics.DeadLetters(Name), Topics.DeadLetters("policy-trainer"), Topics.DeadLetters("labeler"), Topics.DeadLetters("reward-trainer"),
        Topics.DeadLetters("evaluator"),
    ];

    // A file whose content the settings do not name is known only once it is read.
    private static string? ImportId(RunSettings settings) => settings.Input.Kind == InputKind.World
        ? WorldImport.IdOf(settings)
        : settings.Input.Sha256.Length > 0 ? FileImport.IdOf(settings.Input.Sha256) : null;

    /// <summary>Opens a run's input and checks that it is the one that the settings name.</summary>
    /// <exception cref="UserException">It cannot be used.</exception>
    public static IImportSource Open(RunSettings settings)
    {
        var input = settings.Input;
        if (input.Kind == InputKind.World) return new WorldImport(settings);
        var import = FileImport.Open(input.Path).RequireWindow(input.Path, settings.Windows);
        if (input.Sha256.Length == 0 || import.Sha256 == input.Sha256) return import;
        import.Dispose();
        throw new UserException($"{input.Path}: expected the file with SHA-256 {input.Sha256}, found {import.Sha256}");
    }
}
