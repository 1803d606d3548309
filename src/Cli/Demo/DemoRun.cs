using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Spectre.Console;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Ingest.Import;
using Tppo.Learning.Native;

namespace Tppo.Cli.Demo;

/// <summary>One run of the demo on one folder: new, half done or finished.</summary>
internal sealed class DemoRun(RunFolder folder, LogChoice choice, RunSettings settings, IImportSource? source, string? jsonFile, bool verbose)
{
    public int Run()
    {
        folder.Claim(settings, choice.Name);
        if (DemoResult.Read(folder) is { } finished) return Show(finished);

        var elapsed = Stopwatch.StartNew();
        TorchRuntime.Start(settings.Numerics, settings.Threads);
        using var stopping = new Stopping();
        using var loggers = LoggerFactory.Create(b => b.AddProvider(new StderrLogger(LogLevel.Warning, json: false)));
        var board = new StageBoard(TimeProvider.System);
        using var log = choice.Open(settings, "demo", loggers);
        var context = Services.Context(log, folder, settings, board, loggers);
        var host = new WorkerHost(log, loggers.CreateLogger<WorkerHost>());
        using (var view = new ProgressView(board, verbose, TimeProvider.System))
        {
            AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"[grey]data folder {folder.Path}[/]");
            host.Run(Services.Compose("all", context, source), untilIdle: true, stopping.Token);
        }

        if (stopping.Token.IsCancellationRequested)
        {
            AnsiConsole.WriteLine("Stopped. The same command goes on from here.");
            return Exit.Stopped;
        }

        var result = DemoResult.Collect(log, settings, board, elapsed.Elapsed);
        Report.Write(folder, settings, result, log, context.Artifacts);
        result.Write(folder);
        return Show(result);
    }

    private int Show(DemoResult result)
    {
        if (jsonFile is not null) RunFolder.WriteWhole(jsonFile, result.Figures());
        DemoTable.Print(result, folder);
        return Exit.Done;
    }
}
