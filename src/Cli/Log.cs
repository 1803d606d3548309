using Microsoft.Extensions.Logging;

namespace Tppo.Cli;

/// <summary>Every message of the command line, with its stable id.</summary>
internal static partial class Log
{
    [LoggerMessage(900, LogLevel.Information, "listening on {Url} (/metrics /healthz /readyz)")]
    public static partial void Listening(ILogger logger, string url);

    [LoggerMessage(901, LogLevel.Information, "{Stage}: {Seconds} s: {Text}")]
    public static partial void Stage(ILogger logger, string stage, double seconds, string text);
}
