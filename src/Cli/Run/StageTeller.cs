using Microsoft.Extensions.Logging;
using Tppo.Hosting.Progress;

namespace Tppo.Cli.Run;

/// <summary>Logs how far the stages of a process are, every few seconds and when one ends.</summary>
internal sealed class StageTeller : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private readonly StageBoard board;
    private readonly ILogger logger;
    private readonly ITimer timer;
    private readonly HashSet<string> told = [];

    public StageTeller(StageBoard board, ILogger logger, TimeProvider clock)
    {
        (this.board, this.logger) = (board, logger);
        timer = clock.CreateTimer(_ => Tell(), null, Every, Every);
    }

    public void Dispose()
    {
        // Waits for a telling that is under way.
        timer.DisposeAsync().AsTask().Wait();
        Tell();
    }

    private void Tell()
    {
        foreach (var stage in board.Snapshot())
        {
            if (told.Add($"{stage.Name} {stage.Running} {stage.Text}")) Log.Stage(logger, stage.Name, Math.Round(stage.Elapsed.TotalSeconds, 1), stage.Text);
        }
    }
}
