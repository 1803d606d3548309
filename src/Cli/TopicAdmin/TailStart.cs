using System.Globalization;
using Tppo.Core;

namespace Tppo.Cli.TopicAdmin;

/// <summary>Where a tail begins in each partition.</summary>
/// <param name="Offset">At this offset, or the first record after it; null: at the end as of now.</param>
internal readonly record struct TailStart(long? Offset)
{
    public const string Start = "start";

    public const string End = "end";

    /// <summary>start, end, or an offset.</summary>
    /// <exception cref="UserException">It is none of these.</exception>
    public static TailStart Parse(string text)
    {
        if (text == Start) return new TailStart(0);
        if (text == End) return new TailStart(null);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? new TailStart(offset)
            : throw new UserException($"--from: expected start, end or an offset, found '{text}'");
    }
}
