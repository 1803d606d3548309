using Microsoft.Extensions.Logging;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;
using Tppo.Hosting;
using Tppo.Hosting.Control;
using Tppo.Hosting.Health;
using Tppo.Hosting.Judges;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Learning.Native;

namespace Tppo.Cli.Run;

/// <summary>One process of one service, or of all: its log, its workers, its metrics and health.</summary>
internal sealed class ServiceProcess(
    RunFolder folder, LogChoice choice, RunSettings settings, JudgeAccess judge, ProcessOptions options, bool anyPort, BusAddress? commands, bool isPaused)
{
    public async Task<int> RunAsync()
    {
        folder.Claim(settings, choice.Name);
        using var stopping = new Stopping();
        using var loggers = LoggerFactory.Create(
            b => b.AddProvider(new StderrLogger(options.LogLevel, options.LogFormat == "json")).SetMinimumLevel(options.LogLevel));
        using var log = choice.Open(settings, $"{options.Service}-{options.Member}", loggers, stopping.Token);
        using var presence = options.UntilIdle && choice.IsLive ? new Presence(log, $"{options.Service}-{options.Member}", TimeProvider.System) : null;
        presence?.Tell(idleAt: null);
        TorchRuntime.Start(settings.Numerics, settings.Threads);
        var board = new StageBoard(TimeProvider.System);
        var host = new WorkerHost(log, loggers.CreateLogger<WorkerHost>(), presence);
        var context = Services.Context(log, folder, settings, board, loggers, judge, options.Member);
        using var judges = context.Judges;
        if (isPaused) context.Labels.Pause("from the start");
        var name = $"{options.Service} {options.Member} on {Environment.MachineName}";
        await using var bus = commands is null ? null : ControlBus.Listen(commands, name, context.Labels, context.Warn);
        using var probe = new LogProbe(log, TimeProvider.System, context.Lag);
        probe.Start();
        var readiness = new Readiness(host, probe, board, folder.Path, Readiness.FreeBytes, TimeProvider.System);
        await using var server = await MetricsServer.StartAsync(readiness, options.MetricsAddress, options.MetricsPort, otherwiseFree: anyPort);
        var logger = loggers.CreateLogger<ServiceProcess>();
        Log.Listening(logger, server.Url);
        using var teller = new StageTeller(board, logger, TimeProvider.System);
        host.Run(Services.Compose(options.Service, context), options.UntilIdle, stopping.Token);
        return stopping.Token.IsCancellationRequested ? Exit.Stopped : Exit.Done;
    }
}
