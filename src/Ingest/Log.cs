using Microsoft.Extensions.Logging;

namespace Tppo.Ingest;

/// <summary>Every message of Ingest, with its stable id.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Warning, "{File}:{Line}: {Cause}: set aside as a dead letter")]
    public static partial void BadLine(ILogger logger, string file, long line, string cause);

    [LoggerMessage(101, LogLevel.Warning, "{File}: {Count} lines are no events: dead letters on ingest.dlq.v1")]
    public static partial void BadLines(ILogger logger, string file, int count);
}
