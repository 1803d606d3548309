using Microsoft.Extensions.Logging;
using Tppo.Hosting.Progress;

namespace Tppo.Cli.Run;

/// <summary>Logs how far the stages of a process are, every few seconds and when one ends.</summary>
internal sealed class StageTeller : IDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(5);
    private readonly StageBoard board;
    private readonly ILogger logger;
    private readonly Timer timer;
    private readonly HashSet<string> told = [];

    public StageTeller(StageBoard board, ILogger logger)
    {
        (this.board, this.logger) = (board, logger);
        timer = new Timer(_ => Tell(), null, Every, Every);
    }

    public void Dispose()
    {
        using var ended = new ManualResetEvent(false);
        timer.Dispose(ended);
        ended.WaitOne();
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
