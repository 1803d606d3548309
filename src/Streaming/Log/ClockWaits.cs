namespace Tppo.Streaming.Log;

/// <summary>Waits of threads by a clock that is passed in, so that what waits can be tested without waiting.</summary>
public static class ClockWaits
{
    /// <summary>Blocks for a while; returns early, without throwing, where the token is cancelled.</summary>
    public static void Pause(this TimeProvider clock, TimeSpan time, CancellationToken ct = default)
    {
        if (clock == TimeProvider.System) ct.WaitHandle.WaitOne(time);
        else Task.Delay(time, clock, ct).ContinueWith(_ => { }, TaskScheduler.Default).Wait(CancellationToken.None);
    }
}
