using Microsoft.Extensions.Logging;
using Tppo.Core.Settings;
using Tppo.Evaluator;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Runs;
using Tppo.Hosting;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Ingest;
using Tppo.Ingest.Import;
using Tppo.Labeler;
using Tppo.PolicyTrainer;
using Tppo.RewardTrainer;
using Tppo.Streaming.Log;

namespace Tppo.Cli;

/// <summary>The five services by name.</summary>
internal static class Services
{
    /// <summary>A process's name among those of the same service, where there is but one.</summary>
    public const string DefaultMember = "0";

    /// <summary>Names, in order of the data flow.</summary>
    public static IReadOnlyList<string> Names { get; } =
        [IngestService.Name, PolicyTrainerService.Name, LabelerService.Name, RewardTrainerService.Name, EvaluatorService.Name];

    /// <summary>The workers of one service, or of all.</summary>
    public static IReadOnlyList<IWorker> Compose(string name, ServiceContext context, IImportSource? source = null) => name switch
    {
        IngestService.Name => IngestService.Compose(context, source),
        PolicyTrainerService.Name => PolicyTrainerService.Compose(context),
        LabelerService.Name => LabelerService.Compose(context),
        RewardTrainerService.Name => RewardTrainerService.Compose(context),
        EvaluatorService.Name => EvaluatorService.Compose(context),
        _ => [.. Names.SelectMany(n => Compose(n, context, source))],
    };

    /// <summary>What services are given.</summary>
    public static ServiceContext Context(
        IEventLog log, RunFolder folder, RunSettings settings, StageBoard board, ILoggerFactory loggers, JudgeAccess judge, string member = DefaultMember)
    {
        var artifacts = new ArtifactStore(folder.Checkpoints);
        artifacts.Prepare();
        return new ServiceContext
        {
            Log = log,
            Settings = settings,
            Artifacts = artifacts,
            Board = board,
            Loggers = loggers,
            Member = member,
            JudgeAccess = judge,
        };
    }
}
