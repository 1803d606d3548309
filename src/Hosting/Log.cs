using Microsoft.Extensions.Logging;

namespace Tppo.Hosting;

/// <summary>Every message of the host, with its stable id.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Worker} started")]
    public static partial void WorkerStarted(ILogger logger, string worker);

    [LoggerMessage(2, LogLevel.Information, "{Worker} stopped")]
    public static partial void WorkerStopped(ILogger logger, string worker);
}
