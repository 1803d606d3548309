using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Kafka;

/// <summary>
/// Counts commits by the ends of all partitions, so that all processes have one count.
/// </summary>
/// <param name="ends">Asks for the sum of all ends.</param>
/// <param name="clock">Tells how long somebody has waited.</param>
internal sealed class KafkaCommits(Func<long> ends, TimeProvider clock)
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(50);
    private readonly Waiters waiters = new(clock);

    /// <summary>The count.</summary>
    internal long Now() => ends();

    /// <summary>Wakes who waits: this process has committed something.</summary>
    internal void Nudge() => waiters.Nudge();

    /// <summary>Blocks until the count differs; false where the time passed first.</summary>
    internal bool Wait(long seen, TimeSpan timeout, CancellationToken ct) => waiters.Wait(() => Now() != seen, timeout, AskEvery, ct);
}
