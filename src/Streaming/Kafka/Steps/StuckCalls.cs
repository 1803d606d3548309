using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>
/// Calls of the library that may not come back: they outlast their own time-out by a little while a broker restarts, or never
/// end at all. Whoever has waited for long enough goes on without them.
/// </summary>
/// <param name="clock">By which that is told.</param>
internal sealed class StuckCalls(TimeProvider clock)
{
    private static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(8);

    /// <summary>Makes a call, and again where the library says that it may be repeated; false where it does not come back.</summary>
    /// <param name="call">The call.</param>
    /// <param name="tryFor">For how long to repeat it.</param>
    /// <exception cref="Driver.KafkaException">What the call threw.</exception>
    internal bool ComesBack(Action call, TimeSpan tryFor)
    {
        var started = clock.GetTimestamp();
        while (true)
        {
            try
            {
                return ComesBack(call);
            }
            catch (Driver.KafkaRetriableException) when (clock.GetElapsedTime(started) < tryFor)
            {
                // Safe to repeat: the library goes on with the same call.
            }
        }
    }

    /// <summary>What is said of a call that was given up.</summary>
    internal static Driver.KafkaException NotBack(string what) => new(new Driver.Error(
        Driver.ErrorCode.Local_TimedOut,
        $"the library does not come back from its {what} after {GivenUpAfter.TotalSeconds:F0} s: its producer is abandoned"));

    private bool ComesBack(Action call)
    {
        var task = Task.Run(call);
        if (!task.IsCompleted)
        {
            using var given = new CancellationTokenSource();
            var waited = Task.Delay(GivenUpAfter, clock, given.Token);
            if (Task.WaitAny([task, waited]) == 1 && !task.IsCompleted) return false;
            given.Cancel();
        }

        task.GetAwaiter().GetResult();
        return true;
    }
}
