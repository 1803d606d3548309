using Tppo.Core.Settings;
using Tppo.Hosting;
using Tppo.Streaming;

namespace Tppo.Cli;

/// <summary>Which log a command works on: that of a data folder, or topics on a Kafka broker.</summary>
/// <param name="Kafka">Bootstrap servers, HOST:PORT[,HOST:PORT]; null: the folder's embedded log.</param>
/// <param name="Prefix">What stands before the names of topics, groups and transactions, with its dot; null: nothing.</param>
/// <param name="SecurityFile">The client's security settings for the broker; null: plain text.</param>
/// <param name="Folder">The data folder, where the command has one.</param>
internal sealed record LogChoice(string? Kafka, string? Prefix, string? SecurityFile, RunFolder? Folder)
{
    /// <summary>True: a log that is open hears of what others append. False: it is a view of the moment at which it was opened.</summary>
    public bool IsLive => Kafka is not null;

    /// <summary>Opens the log: for a run with these settings, or for reading alone where there are none.</summary>
    /// <exception cref="UserException">There is neither a broker nor a folder.</exception>
    public IEventLog Open(RunSettings? writer = null)
    {
        if (Kafka is not null) throw NoKafka();
        return writer is null ? EmbeddedLog.OpenReadOnly(RequireFolder().Path) : Services.OpenLog(RequireFolder(), writer);
    }

    /// <summary>What looks after the topics themselves.</summary>
    /// <exception cref="UserException">There is neither a broker nor a folder.</exception>
    public ITopicAdmin OpenAdmin()
    {
        if (Kafka is not null) throw NoKafka();
        return new EmbeddedTopicAdmin(RequireFolder());
    }

    private static UserException NoKafka() => new("--kafka: not available yet");

    private RunFolder RequireFolder() => Folder ?? throw new UserException("expected --data FOLDER or --kafka HOST:PORT, found neither");
}
