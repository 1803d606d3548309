using System.Diagnostics;
using Tppo.Streaming.Log;

namespace Tppo.Cli.TopicAdmin;

/// <summary>A log that is read again and again. One that others write to unheard is opened anew each time.</summary>
internal sealed class FollowedLog : IDisposable
{
    private static readonly TimeSpan PauseLeast = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMost = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly LogChoice choice;
    private TimeSpan opening;
    private long seen;

    public FollowedLog(LogChoice choice)
    {
        this.choice = choice;
        Log = Open();
    }

    /// <summary>The log as of now.</summary>
    public IEventLog Log { get; private set; }

    /// <summary>Waits a while, or until something was appended; always true, so that it can stand as a loop's condition.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public bool WaitForMore(CancellationToken ct)
    {
        if (choice.IsLive)
        {
            Log.WaitForCommit(seen, Patience, ct);
            seen = Log.Commits;
            return true;
        }

        // Opening may have to go through what the owner wrote last: that takes a tenth of the time at most.
        var pause = TimeSpan.FromTicks(Math.Clamp(10 * opening.Ticks, PauseLeast.Ticks, PauseMost.Ticks));
        ct.WaitHandle.WaitOne(pause);
        ct.ThrowIfCancellationRequested();
        Log.Dispose();
        Log = Open();
        return true;
    }

    public void Dispose() => Log.Dispose();

    private IEventLog Open()
    {
        var started = Stopwatch.GetTimestamp();
        var log = choice.Open();
        opening = Stopwatch.GetElapsedTime(started);
        seen = log.Commits;
        return log;
    }
}
