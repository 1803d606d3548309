using Tppo.Streaming.Log;

namespace Tppo.Cli.TopicAdmin;

/// <summary>A log that is read again and again. One that others write to unheard is opened anew each time.</summary>
internal sealed class FollowedLog : IDisposable
{
    private static readonly TimeSpan PauseLeast = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan PauseMost = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly LogChoice choice;
    private readonly TimeProvider clock;
    private TimeSpan opening;
    private long seen;

    public FollowedLog(LogChoice choice, TimeProvider clock)
    {
        (this.choice, this.clock) = (choice, clock);
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

        clock.Pause(PauseAfter(opening), ct);
        ct.ThrowIfCancellationRequested();
        Log.Dispose();
        Log = Open();
        return true;
    }

    public void Dispose() => Log.Dispose();

    /// <summary>
    /// How long to wait before a log is opened again that took so long to open: that may have to go through what the owner wrote last,
    /// and is to take a tenth of the time at most.
    /// </summary>
    internal static TimeSpan PauseAfter(TimeSpan opening) =>
        TimeSpan.FromTicks(Math.Clamp(10 * opening.Ticks, PauseLeast.Ticks, PauseMost.Ticks));

    private IEventLog Open()
    {
        var started = clock.GetTimestamp();
        var log = choice.Open();
        opening = clock.GetElapsedTime(started);
        seen = log.Commits;
        return log;
    }
}
