using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Tppo.Hosting.Judges.Chat;

/// <summary>Calls and tokens a minute: those that people set, and those that the endpoint says it has left. For many threads.</summary>
/// <param name="access">What people set.</param>
/// <param name="clock">By which limits go.</param>
public sealed partial class CallLimits(JudgeAccess access, TimeProvider clock)
{
    private static readonly TimeSpan ResetMost = TimeSpan.FromHours(1);
    private readonly TokenBucket requests = new(access.RequestsPerMinute, clock);
    private readonly TokenBucket tokens = new(access.TokensPerMinute, clock);

    /// <summary>Waits until one more call of so many tokens may go out.</summary>
    public async Task WaitAsync(int amount, CancellationToken cancellation)
    {
        var wait = requests.Take(1);
        if (tokens.Take(amount) is var more && more > wait) wait = more;
        if (wait > TimeSpan.Zero) await Task.Delay(wait, clock, cancellation);
    }

    /// <summary>Heeds what an answer's headers say is left.</summary>
    public void Heard(HttpResponseHeaders headers)
    {
        Heed(headers, "x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", requests);
        Heed(headers, "x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", tokens);
    }

    /// <summary>Sends nothing for a while: the endpoint has asked for it.</summary>
    public void Pause(TimeSpan duration) => requests.Pause(duration);

    /// <summary>A time as endpoints write it: <c>1s</c>, <c>6m0s</c>, <c>250ms</c>, or seconds; null where it is none.</summary>
    public static TimeSpan? Duration(string text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds)) return Bounded(seconds);
        var parts = Parts().Match(text);
        if (!parts.Success || parts.Length == 0) return null;
        return Bounded((Number("h") * 3600) + (Number("m") * 60) + Number("s") + (Number("ms") / 1000));

        double Number(string name) =>
            parts.Groups[name] is { Success: true } group ? double.Parse(group.ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture) : 0;
    }

    private static TimeSpan Bounded(double seconds) => seconds < ResetMost.TotalSeconds ? TimeSpan.FromSeconds(seconds) : ResetMost;

    private static void Heed(HttpResponseHeaders headers, string remaining, string reset, TokenBucket bucket)
    {
        if (First(headers, remaining) is "0" && First(headers, reset) is { } text && Duration(text) is { } wait) bucket.Pause(wait);
    }

    private static string? First(HttpResponseHeaders headers, string name) => headers.TryGetValues(name, out var values) ? values.First() : null;

    [GeneratedRegex("^(?:(?<h>[0-9.]{1,9})h)?(?:(?<m>[0-9.]{1,9})m(?!s))?(?:(?<s>[0-9.]{1,9})s)?(?:(?<ms>[0-9.]{1,9})ms)?$")]
    private static partial Regex Parts();
}
