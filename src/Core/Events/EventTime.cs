using System.Globalization;

namespace Tppo.Core.Events;

/// <summary>ISO-8601 UTC times as the formats write them: whole seconds where possible, else as many digits as needed.</summary>
public static class EventTime
{
    private const int WholeSecondsLength = 20;

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>Writes a time, e.g. <c>2006-03-01T07:17:12Z</c>.</summary>
    public static string Format(DateTime utc) => utc.Ticks % TimeSpan.TicksPerSecond == 0
        ? string.Create(WholeSecondsLength, utc, static (text, time) =>
        {
            time.TryFormat(text, out _, "s", CultureInfo.InvariantCulture);
            text[^1] = 'Z';
        })
        : utc.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>Writes a time as UTF-8 and gives what was written of the buffer, which has 32 bytes or more.</summary>
    public static ReadOnlySpan<byte> Format(DateTime utc, Span<byte> utf8)
    {
        var length = WholeSecondsLength;
        if (utc.Ticks % TimeSpan.TicksPerSecond != 0) utc.TryFormat(utf8, out length, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
        else utc.TryFormat(utf8, out _, "s", CultureInfo.InvariantCulture);
        utf8[length - 1] = (byte)'Z';
        return utf8[..length];
    }

    /// <summary>Reads a time with any offset (none means UTC); false where it is no time.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTime utc)
    {
        if (TryParseWholeSeconds(text, out utc)) return true;
        return DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out utc);
    }

    // 2006-03-01T07:17:12Z is nearly every time in a log: read without the general parser.
    private static bool TryParseWholeSeconds(ReadOnlySpan<char> s, out DateTime utc)
    {
        utc = default;
        if (s.Length != 20 || s[4] != '-' || s[7] != '-' || s[10] != 'T' || s[13] != ':' || s[16] != ':' || s[19] != 'Z') return false;
        var year = (Two(s, 0) * 100) + Two(s, 2);
        var (month, day, hour, minute, second) = (Two(s, 5), Two(s, 8), Two(s, 11), Two(s, 14), Two(s, 17));
        if (year < 1 || month is < 1 or > 12 || hour is < 0 or > 23 || minute is < 0 or > 59 || second is < 0 or > 59) return false;
        if (day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        utc = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return true;
    }

    private static int Two(ReadOnlySpan<char> s, int at)
    {
        var (a, b) = (s[at] - '0', s[at + 1] - '0');
        return a is >= 0 and <= 9 && b is >= 0 and <= 9 ? (a * 10) + b : -10_000;
    }
}
