using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Hosting;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Ingest.Import;
using Tppo.Learning.Native;
using Tppo.Replay;
using Tppo.Steps;

namespace Tppo.Cli.Demo;

/// <summary>One run of the demo on one folder: new, half done or finished.</summary>
internal sealed class DemoRun(
    RunFolder folder, LogChoice choice, RunSettings settings, JudgeAccess judge, IImportSource? source, string? jsonFile, bool verbose)
{
    public int Run()
    {
        folder.Claim(settings, choice.Name);
        var elapsed = Stopwatch.StartNew();
        using var stopping = new Stopping();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(new StderrLogger(LogLevel.Warning, json: false)));
        var board = new StageBoard(TimeProvider.System);
        using var log = choice.Open(settings, "demo", loggers, stopping.Token);
        var context = Services.Context(log, folder, settings, board, loggers, judge);
        using var judges = context.Judges;
        var finished = DemoResult.Read(folder, context.Warn);
        if (finished is null) Learn(context, stopping.Token);
        else Mend(context, stopping.Token);
        if (stopping.Token.IsCancellationRequested)
        {
            AnsiConsole.WriteLine("Stopped. The same command goes on from here.");
            return Exit.Stopped;
        }

        var result = finished ?? DemoResult.Collect(log, settings, board, elapsed.Elapsed);
        Report.Write(folder, settings, result, log, context.Artifacts);
        if (finished is null) result.Write(folder);
        return Show(result);
    }

    private void Learn(ServiceContext context, CancellationToken cancellation)
    {
        TorchRuntime.Start(settings.Numerics, settings.Threads);
        var host = new WorkerHost(context.Log, context.Loggers.CreateLogger<WorkerHost>());
        using var view = new ProgressView(context.Board, verbose, TimeProvider.System);
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]data folder {folder.Path}[/]");
        host.Run(Services.Compose("all", context, source), untilIdle: true, cancellation);
    }

    // A finished run's checkpoints are what the table is about: they are looked at, and made again where they are damaged.
    private void Mend(ServiceContext context, CancellationToken cancellation)
    {
        var models = new ModelLog(context.Log);
        models.Refresh();
        if (models.Checkpoints.Count == 0)
            throw new UserException($"{folder.Result}: tells of a finished run, but its log ({choice.Name}) holds no checkpoint: something is lost");
        var damaged = models.Checkpoints.Where(c => !context.Artifacts.HasIntact(c.Checkpoint)).ToList();
        if (damaged.Count == 0) return;
        TorchRuntime.Start(settings.Numerics, settings.Threads);
        using var view = new ProgressView(context.Board, verbose, TimeProvider.System);
        var maker = new CheckpointMaker(new StepContext(context.Log, settings, context.Artifacts), models, context.Board, context.Warn);
        damaged.ForEach(checkpoint => maker.Require(checkpoint, cancellation));
    }

    private int Show(DemoResult result)
    {
        if (jsonFile is not null) OutputFile.Write("--json", jsonFile, result.Figures());
        DemoTable.Print(result, folder);
        return Exit.Done;
    }
}
