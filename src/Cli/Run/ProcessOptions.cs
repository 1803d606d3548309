using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Tppo.Core;

namespace Tppo.Cli.Run;

/// <summary>Settings of one process: they never change what is computed.</summary>
internal sealed record ProcessOptions(
    string Service, string Member, string Data, string? Kafka, string? TopicsPrefix, bool UntilIdle, string MetricsAddress, int MetricsPort,
    string LogFormat, LogLevel LogLevel)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
    };

    /// <summary>Refuses what cannot be.</summary>
    public void Check()
    {
        if (MetricsPort is < 0 or > 65535) throw new UserException($"--metrics-port: expected 0 to 65535, found {MetricsPort}");
        if (Member.Length == 0 || Member.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_')))
            throw new UserException($"--member: expected letters, digits, '-' and '_', found '{Member}'");
        if (!IPAddress.TryParse(MetricsAddress, out _)) throw new UserException($"--metrics-address: expected an IP address, found '{MetricsAddress}'");
    }

    /// <summary>As JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Options);
}
