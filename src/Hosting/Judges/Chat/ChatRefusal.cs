using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace Tppo.Hosting.Judges.Chat;

/// <summary>What an answer other than 200 means.</summary>
public static partial class ChatRefusal
{
    private const int Overloaded = 529;
    private static readonly TimeSpan WaitMost = TimeSpan.FromHours(1);

    /// <summary>The failure.</summary>
    /// <param name="status">The status.</param>
    /// <param name="headers">The headers.</param>
    /// <param name="body">As much of the body as was read.</param>
    /// <param name="now">The time, for dates.</param>
    public static ChatException Of(HttpStatusCode status, HttpResponseHeaders headers, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        var message = ChatBody.Message(body);
        var said = $"HTTP {(int)status}: {(message.Length == 0 ? status.ToString() : message)}";
        if (status is HttpStatusCode.BadRequest or HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.UnprocessableEntity && IsTooLong(message, status))
        {
            var numbers = Limits().Match(message);
            return new ChatException(FailureKind.ContextLength, said)
            {
                TokensMax = numbers.Success ? Number(numbers.Groups["limit"]) : null,
                TokensAsked = numbers.Success ? Number(numbers.Groups["asked"]) : null,
            };
        }

        return new ChatException(Kind(status, message), said) { RetryAfter = Wait(headers, now) };
    }

    /// <summary>How long an endpoint asks to be left alone: seconds or a date.</summary>
    public static TimeSpan? Wait(HttpResponseHeaders headers, DateTimeOffset now)
    {
        var wait = headers.RetryAfter switch
        {
            { Delta: { } seconds } => seconds,
            { Date: { } date } => date - now,
            _ => (TimeSpan?)null,
        };
        return wait is not { } w ? null : w < TimeSpan.Zero ? TimeSpan.Zero : w > WaitMost ? WaitMost : w;
    }

    private static FailureKind Kind(HttpStatusCode status, string message) => status switch
    {
        HttpStatusCode.TooManyRequests when message.Contains("insufficient_quota", StringComparison.OrdinalIgnoreCase) => FailureKind.Denied,
        HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout
            or (HttpStatusCode)Overloaded or HttpStatusCode.RequestTimeout => FailureKind.Unavailable,
        HttpStatusCode.Unauthorized or HttpStatusCode.PaymentRequired or HttpStatusCode.Forbidden or HttpStatusCode.NotFound
            or HttpStatusCode.MethodNotAllowed => FailureKind.Denied,
        >= HttpStatusCode.InternalServerError => FailureKind.Broken,
        >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest => FailureKind.Denied,
        _ => FailureKind.Refused,
    };

    private static bool IsTooLong(string message, HttpStatusCode status) => status == HttpStatusCode.RequestEntityTooLarge
        || TooLong().IsMatch(message);

    private static int? Number(Group group) =>
        int.TryParse(group.ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex("context[_ ]?(?:length|size|window)|exceed_context|too many tokens|prompt is too long", RegexOptions.IgnoreCase)]
    private static partial Regex TooLong();

    [GeneratedRegex("(?<limit>\\d+) tokens\\D+(?<asked>\\d+)", RegexOptions.IgnoreCase)]
    private static partial Regex Limits();
}
