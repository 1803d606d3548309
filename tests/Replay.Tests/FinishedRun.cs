using Tppo.Evaluator;
using Tppo.Hosting;
using Tppo.Hosting.Workers;
using Tppo.Ingest;
using Tppo.Labeler;
using Tppo.PolicyTrainer;
using Tppo.RewardTrainer;
using Tppo.TestKit;

namespace Tppo.Replay.Tests;

/// <summary>A tiny run of all five services on one embedded log, brought to its end once for all tests of a class.</summary>
public sealed class FinishedRun : IDisposable
{
    public FinishedRun() => Kit.RunUntilIdle(AllServices);

    public ServiceKit Kit { get; } = new(TinyRun.Settings);

    public void Dispose() => Kit.Dispose();

    public static IReadOnlyList<IWorker> AllServices(ServiceContext context) =>
    [
        .. IngestService.Compose(context), .. PolicyTrainerService.Compose(context), .. LabelerService.Compose(context),
        .. RewardTrainerService.Compose(context), .. EvaluatorService.Compose(context),
    ];
}
