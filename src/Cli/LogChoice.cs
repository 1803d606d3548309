using Microsoft.Extensions.Logging;
using Tppo.Cli.TopicAdmin;
using Tppo.Core;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;
using Tppo.Hosting;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Kafka;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;

namespace Tppo.Cli;

/// <summary>Which log a command works on: that of a data folder, or topics on a Kafka broker.</summary>
/// <param name="Kafka">Bootstrap servers, HOST:PORT[,HOST:PORT]; null: the folder's embedded log.</param>
/// <param name="Prefix">What stands before the names of topics, groups and transactions, with its dot; null: nothing.</param>
/// <param name="SecurityFile">The client's security settings for the broker; null: plain text.</param>
/// <param name="Folder">The data folder, where the command has one.</param>
internal sealed record LogChoice(string? Kafka, string? Prefix, string? SecurityFile, RunFolder? Folder)
{
    // A broker that is serviced comes back: whoever works waits for it and says so on /readyz.
    private static readonly TimeSpan OfServices = TimeSpan.FromMinutes(15);

    /// <summary>True: a log that is open hears of what others append. False: it is a view of the moment at which it was opened.</summary>
    public bool IsLive => Kafka is not null;

    /// <summary>The log's name: two runs of one name are on the same log.</summary>
    public string Name => Kafka is null ? RunFolder.EmbeddedLogName : $"kafka, topics {Prefix}*";

    /// <summary>Opens the log for reading alone.</summary>
    /// <exception cref="UserException">There is neither a broker nor a folder.</exception>
    public IEventLog Open() => Kafka is null ? EmbeddedLog.OpenReadOnly(RequireFolder().Path) : KafkaLog.Open(Options(partitions: 4));

    /// <summary>Opens the log for a run, and takes it for that run.</summary>
    /// <param name="settings">The run's settings.</param>
    /// <param name="client">This process among those that write to the log.</param>
    /// <param name="loggers">Where the backend tells what happens.</param>
    /// <param name="stopping">Ends waits for brokers that are away.</param>
    /// <exception cref="UserException">It holds another run.</exception>
    public IEventLog Open(RunSettings settings, string client, ILoggerFactory loggers, CancellationToken stopping)
    {
        IEventLog log = Kafka is null
            ? EmbeddedLog.Open(RequireFolder().Path, new EmbeddedOptions { Partitions = settings.Partitions, Observer = new LogObserver(loggers) })
            : KafkaLog.Open(
                Options(settings.Partitions) with
                {
                    Client = client,
                    StateFolder = RequireFolder().KafkaState,
                    Observer = new LogObserver(loggers),
                    Patience = OfServices,
                    Stopping = stopping,
                });
        try
        {
            RunOnLog.Claim(log, settings, Kafka is null ? RequireFolder().Path : $"{Kafka}, topics {Prefix}*");
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>What looks after the topics themselves.</summary>
    /// <exception cref="UserException">There is neither a broker nor a folder.</exception>
    public ITopicAdmin OpenAdmin(int partitions = 4) => Kafka is null ? new EmbeddedTopicAdmin(RequireFolder()) : new KafkaAdmin(Options(partitions));

    private KafkaOptions Options(int partitions) => new()
    {
        BootstrapServers = Kafka!,
        Prefix = Prefix ?? "",
        Partitions = partitions,
        StateFolder = Path.GetTempPath(),
        Security = SecurityFile is null ? KafkaSecurity.None : KafkaSecurity.Read(SecurityFile),
        Patience = TimeSpan.FromSeconds(60),
    };

    private RunFolder RequireFolder() => Folder ?? throw new UserException("expected --data FOLDER or --kafka HOST:PORT, found neither");
}
