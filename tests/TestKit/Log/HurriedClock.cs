namespace Tppo.TestKit;

/// <summary>A clock that goes many times as fast as the system's: what waits on it for seconds waits for milliseconds.</summary>
/// <param name="times">How many times as fast.</param>
public sealed class HurriedClock(int times) : TimeProvider
{
    private readonly DateTimeOffset start = System.GetUtcNow();
    private readonly long begun = System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => start + (System.GetElapsedTime(begun) * times);

    public override long TimestampFrequency => System.TimestampFrequency;

    public override long GetTimestamp() => begun + ((System.GetTimestamp() - begun) * times);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Hurried(System.CreateTimer(callback, state, Shorter(dueTime), Shorter(period)), Shorter);

    private TimeSpan Shorter(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / times;

    private sealed class Hurried(ITimer timer, Func<TimeSpan, TimeSpan> shorter) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(shorter(dueTime), shorter(period));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
