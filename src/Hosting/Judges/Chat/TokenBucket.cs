namespace Tppo.Hosting.Judges.Chat;

/// <summary>
/// Lets so much through a minute: it starts full with a second's worth (at least one), and what is asked for beyond what is there is
/// waited for, in order of asking. For many threads.
/// </summary>
/// <param name="perMinute">How much a minute; null: all.</param>
/// <param name="clock">By which it fills.</param>
public sealed class TokenBucket(int? perMinute, TimeProvider clock)
{
    private readonly Lock gate = new();
    private readonly double perSecond = (perMinute ?? 0) / 60.0;
    private double left = Math.Max(1, (perMinute ?? 0) / 60.0);
    private long filledAt = clock.GetTimestamp();
    private DateTimeOffset pausedUntil = DateTimeOffset.MinValue;

    /// <summary>Takes so much, and says how long to wait before it is to be used.</summary>
    public TimeSpan Take(double amount)
    {
        lock (gate)
        {
            var pause = pausedUntil - clock.GetUtcNow();
            var wait = TimeSpan.Zero;
            if (perMinute is not null)
            {
                left = Math.Min(Math.Max(1, perSecond), left + (clock.GetElapsedTime(filledAt).TotalSeconds * perSecond));
                filledAt = clock.GetTimestamp();
                left -= amount;
                if (left < 0) wait = TimeSpan.FromSeconds(-left / perSecond);
            }

            return pause > wait ? pause : wait;
        }
    }

    /// <summary>Lets nothing through for a while.</summary>
    public void Pause(TimeSpan duration)
    {
        lock (gate)
        {
            var until = clock.GetUtcNow() + duration;
            if (until > pausedUntil) pausedUntil = until;
        }
    }
}
