using System.Text.RegularExpressions;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>What clients were told of that nobody asked for: who waits in vain can say why.</summary>
internal sealed partial class HeardErrors
{
    /// <summary>The last error that says that we are not let in; null while there was none.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>The last connection that failed; empty while none did.</summary>
    internal string Last { get; private set; } = "";

    /// <summary>Notes what a client's error handler heard.</summary>
    internal void Hear(Driver.Error error)
    {
        if (IsRefusal(error)) Refusal = Plain(error.Reason);
        else if (error.Code == Driver.ErrorCode.Local_Transport) Last = Plain(error.Reason);
    }

    /// <summary>What the library reports, in its own words and one line.</summary>
    internal static string Plain(string reason) => Spaces().Replace(reason, " ").Trim();

    private static bool IsRefusal(Driver.Error error) => error.Code switch
    {
        Driver.ErrorCode.Local_Authentication or Driver.ErrorCode.SaslAuthenticationFailed or Driver.ErrorCode.Local_Ssl
            or Driver.ErrorCode.TopicAuthorizationFailed or Driver.ErrorCode.GroupAuthorizationFailed
            or Driver.ErrorCode.TransactionalIdAuthorizationFailed => true,

        // A broker that does not take our certificate ends the connection by such an alert.
        Driver.ErrorCode.Local_Transport => error.Reason.Contains("tls alert", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
