using Tppo.Streaming.Kafka.Cluster;

namespace Tppo.Streaming.Kafka;

/// <summary>
/// How long a poll waits, and what it does about silence. What was committed before the call is brought by it, however long the
/// fetch takes, and so is an assignment that is due; while these do not come, the partitions are looked at, and in the end the
/// member joins anew.
/// </summary>
/// <param name="options">How long sessions last and joins are waited for.</param>
/// <param name="timeout">What the caller waits for records; infinite: without end.</param>
/// <param name="due">Whether an assignment is due as the poll begins.</param>
internal sealed class PollWait(KafkaOptions options, TimeSpan timeout, bool due)
{
    private static readonly TimeSpan SliceMax = TimeSpan.FromMilliseconds(20);
    private readonly long started = options.Clock.GetTimestamp();
    private TimeSpan probeAt = TimeSpan.FromMilliseconds(300);
    private TimeSpan rejoinAt = due ? 3 * options.SessionTimeout : options.SessionTimeout;

    /// <summary>What to do next.</summary>
    /// <param name="Slice">For how long to wait for records; null: the poll ends without any.</param>
    /// <param name="Probe">Whether to look first whether anything lies before the ends.</param>
    /// <param name="Rejoin">Whether to join anew first.</param>
    internal readonly record struct Turn(TimeSpan? Slice, bool Probe = false, bool Rejoin = false);

    /// <summary>For how long the poll has waited.</summary>
    internal TimeSpan Elapsed => options.Clock.GetElapsedTime(started);

    /// <summary>Decides, each time that nothing has come.</summary>
    /// <param name="assignmentDue">Whether an assignment is on its way now.</param>
    /// <param name="isBehind">Whether something lies between what was handed out and the ends; asked only where it matters.</param>
    internal Turn Next(bool assignmentDue, Func<bool> isBehind)
    {
        var elapsed = Elapsed;
        var left = timeout == Timeout.InfiniteTimeSpan ? SliceMax : timeout - elapsed;
        if (left > TimeSpan.Zero) return new Turn(left < SliceMax ? left : SliceMax);
        var waits = assignmentDue ? elapsed < options.JoinPatience : isBehind() && elapsed < options.Patience;
        if (!waits) return new Turn(null);
        var (probe, rejoin) = (elapsed > probeAt, elapsed > rejoinAt);
        if (probe) probeAt = 2 * elapsed;
        if (rejoin) rejoinAt = 2 * elapsed;
        return new Turn(SliceMax, probe, rejoin);
    }
}
