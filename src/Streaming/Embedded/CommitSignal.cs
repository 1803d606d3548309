namespace Tppo.Streaming;

/// <summary>Counts commits and wakes who waits for one. A nudge wakes without counting: an assignment has changed.</summary>
internal sealed class CommitSignal
{
    private readonly object gate = new();
    private long commits;
    private long changes;

    internal long Commits => Volatile.Read(ref commits);

    internal long Changes => Volatile.Read(ref changes);

    internal void Commit() => Change(1);

    internal void Nudge() => Change(0);

    internal bool WaitForCommit(long seen, TimeSpan timeout, CancellationToken ct) => Wait(() => commits != seen, timeout, ct);

    internal bool WaitForChange(long seen, TimeSpan timeout, CancellationToken ct) => Wait(() => changes != seen, timeout, ct);

    private void Change(int committed)
    {
        lock (gate)
        {
            commits += committed;
            changes++;
            Monitor.PulseAll(gate);
        }
    }

    private bool Wait(Func<bool> happened, TimeSpan timeout, CancellationToken ct)
    {
        var deadline = timeout == Timeout.InfiniteTimeSpan ? long.MaxValue : Environment.TickCount64 + (long)timeout.TotalMilliseconds;
        using var registration = ct.Register(static signal => ((CommitSignal)signal!).Nudge(), this);
        lock (gate)
        {
            while (!happened())
            {
                ct.ThrowIfCancellationRequested();
                var left = deadline - Environment.TickCount64;
                if (left <= 0) return false;
                Monitor.Wait(gate, (int)Math.Min(left, 1000));
            }
        }

        return true;
    }
}
