namespace Tppo.Streaming.Wire;

/// <summary>Stored times are whole milliseconds.</summary>
internal static class UnixTime
{
    /// <summary>The least stored time that is not before <paramref name="time"/>.</summary>
    internal static long CeilingMilliseconds(DateTimeOffset time)
    {
        var floor = time.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds(floor) < time ? floor + 1 : floor;
    }
}
