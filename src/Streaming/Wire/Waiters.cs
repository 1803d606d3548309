namespace Tppo.Streaming.Wire;

/// <summary>Threads that wait for something to happen: they look when they are nudged, and else now and then.</summary>
/// <param name="clock">Tells how long they have waited.</param>
internal sealed class Waiters(TimeProvider clock)
{
    private readonly object gate = new();
    private long nudges;

    /// <summary>How often they were nudged.</summary>
    internal long Nudges => Volatile.Read(ref nudges);

    /// <summary>Makes all who wait look.</summary>
    internal void Nudge()
    {
        lock (gate)
        {
            nudges++;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Blocks until it has happened; false where the time passed first.</summary>
    /// <param name="happened">Looks.</param>
    /// <param name="timeout">How long to wait; infinite: without end.</param>
    /// <param name="lookEvery">After how long to look again where nobody nudges.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    internal bool Wait(Func<bool> happened, TimeSpan timeout, TimeSpan lookEvery, CancellationToken ct)
    {
        var started = clock.GetTimestamp();
        using var wake = ct.Register(static waiters => ((Waiters)waiters!).Nudge(), this);
        while (true)
        {
            var before = Nudges;
            ct.ThrowIfCancellationRequested();
            if (happened()) return true;
            var left = timeout == Timeout.InfiniteTimeSpan ? lookEvery : timeout - clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero) return false;
            Sleep(before, left < lookEvery ? left : lookEvery);
        }
    }

    private void Sleep(long before, TimeSpan most)
    {
        // A clock that is not the system's wakes sleepers itself.
        using var alarm = clock == TimeProvider.System ? null : clock.CreateTimer(_ => Nudge(), null, most, Timeout.InfiniteTimeSpan);
        lock (gate)
        {
            if (nudges == before) Monitor.Wait(gate, alarm is null ? most : Timeout.InfiniteTimeSpan);
        }
    }
}
