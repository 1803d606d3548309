using Tppo.Streaming.Kafka;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>A log on the shared broker, behind a prefix of its own; its topics go with the factory.</summary>
public sealed class KafkaLogFactory(Func<KafkaOptions, KafkaOptions>? change = null) : ILogFactory
{
    private readonly string folder = Directory.CreateTempSubdirectory("tppo-state-").FullName;

    /// <summary>What the contract can be shown on a real broker: time, holes and retention are the broker's own.</summary>
    public const LogFeatures CanArrange = LogFeatures.Faults | LogFeatures.Reopen | LogFeatures.FencingByName;

    public LogFeatures Features => CanArrange;

    public string Prefix { get; } = $"{Guid.NewGuid():N}.";

    public IEventLog Open(LogSetup setup) => KafkaLog.Open(Options(setup));

    public KafkaOptions Options(LogSetup setup)
    {
        var options = new KafkaOptions
        {
            BootstrapServers = Broker.Shared.BootstrapServers,
            Prefix = Prefix,
            Partitions = setup.Partitions,
            Client = "test",
            StateFolder = folder,
            SessionTimeout = TimeSpan.FromSeconds(2),
            TransactionTimeout = TimeSpan.FromSeconds(5),
            JoinPatience = TimeSpan.FromSeconds(1.5),
            Patience = TimeSpan.FromSeconds(30),
            Faults = setup.Faults,
        };
        return change is null ? options : change(options);
    }

    public void Dispose()
    {
        using (var admin = new KafkaTopicAdmin(Options(new LogSetup()))) admin.DeleteAll();
        Directory.Delete(folder, recursive: true);
    }
}
