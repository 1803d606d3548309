using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Embedded;

/// <summary>Counts commits and wakes who waits for one. A nudge wakes without counting: an assignment has changed.</summary>
/// <param name="clock">Tells how long somebody has waited.</param>
internal sealed class CommitSignal(TimeProvider clock)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private readonly Waiters waiters = new(clock);
    private long commits;

    internal TimeProvider Clock => clock;

    internal long Commits => Volatile.Read(ref commits);

    internal long Changes => waiters.Nudges;

    internal void Commit()
    {
        Interlocked.Increment(ref commits);
        waiters.Nudge();
    }

    internal void Nudge() => waiters.Nudge();

    internal bool WaitForCommit(long seen, TimeSpan timeout, CancellationToken ct) => waiters.Wait(() => Commits != seen, timeout, LookEvery, ct);

    internal bool WaitForChange(long seen, TimeSpan timeout, CancellationToken ct) => waiters.Wait(() => Changes != seen, timeout, LookEvery, ct);
}
