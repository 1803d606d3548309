using System.Globalization;
using System.Text;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Wire;

/// <summary>
/// Lines of a library that says the same thing again and again: at most one a minute and cause comes through, with how many were
/// left out since. A cause is the line without its numbers.
/// </summary>
/// <param name="observer">Who is told.</param>
/// <param name="clock">Tells the minutes.</param>
internal sealed class RareLines(ILogObserver observer, TimeProvider clock)
{
    private const int CausesMax = 256;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);
    private readonly Lock gate = new();
    private readonly Dictionary<string, (long At, long LeftOut)> causes = [];

    /// <summary>Tells a line as a warning, or counts it.</summary>
    internal void Warn(string line)
    {
        long leftOut;
        lock (gate)
        {
            var cause = Cause(line);
            if (causes.TryGetValue(cause, out var last) && clock.GetElapsedTime(last.At) < Every)
            {
                causes[cause] = (last.At, last.LeftOut + 1);
                return;
            }

            if (causes.Count >= CausesMax) causes.Clear();
            causes[cause] = (clock.GetTimestamp(), 0);
            leftOut = last.LeftOut;
        }

        observer.Warning(leftOut == 0 ? line : string.Create(CultureInfo.InvariantCulture, $"{line} ({leftOut:N0} more like it in the last minute)"));
    }

    private static string Cause(string line)
    {
        var cause = new StringBuilder(line.Length);
        foreach (var c in line)
        {
            if (!char.IsAsciiDigit(c)) cause.Append(c);
        }

        return cause.ToString();
    }
}
