using System.Diagnostics;

namespace Tppo.Streaming;

/// <summary>
/// Counts commits by the ends of all partitions, so that all processes have one count.
/// </summary>
/// <param name="ends">Asks for the sum of all ends.</param>
internal sealed class KafkaCommits(Func<long> ends)
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(50);
    private readonly object changed = new();
    private long nudges;

    /// <summary>The count.</summary>
    internal long Now() => ends();

    /// <summary>Wakes who waits: this process has committed something.</summary>
    internal void Nudge()
    {
        lock (changed)
        {
            nudges++;
            Monitor.PulseAll(changed);
        }
    }

    /// <summary>Blocks until the count differs; false where the time passed first.</summary>
    internal bool Wait(long seen, TimeSpan timeout, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        using var wake = ct.Register(Nudge);
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            long before;
            lock (changed) before = nudges;
            if (Now() != seen) return true;
            if (timeout != Timeout.InfiniteTimeSpan && Stopwatch.GetElapsedTime(started) >= timeout) return false;
            lock (changed)
            {
                if (nudges == before) Monitor.Wait(changed, Glance);
            }
        }
    }
}
