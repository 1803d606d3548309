using Microsoft.Extensions.Logging;

namespace Tppo.Hosting;

/// <summary>Every message of the host, with its stable id.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Information, "{Worker} started")]
    public static partial void WorkerStarted(ILogger logger, string worker);

    [LoggerMessage(2, LogLevel.Information, "{Worker} stopped")]
    public static partial void WorkerStopped(ILogger logger, string worker);

    [LoggerMessage(3, LogLevel.Information, "{Text}")]
    public static partial void Notice(ILogger logger, string text);

    [LoggerMessage(4, LogLevel.Error, "{Topic}: {Missing} numbers of tppo-seq are missing")]
    public static partial void SequenceGap(ILogger logger, string topic, long missing);

    [LoggerMessage(5, LogLevel.Error, "{Topic}: a number of tppo-seq came again")]
    public static partial void SequenceDuplicate(ILogger logger, string topic);

    [LoggerMessage(
        6, LogLevel.Information, "{Group}: restoring the state of partition {Partition}: {Remaining} records of the changelog to go")]
    public static partial void Restoring(ILogger logger, string group, int partition, long remaining);

    [LoggerMessage(7, LogLevel.Information, "idle; waiting for {Others}")]
    public static partial void WaitingForOthers(ILogger logger, string others);

    [LoggerMessage(8, LogLevel.Warning, "{Text}")]
    public static partial void Warning(ILogger logger, string text);
}
