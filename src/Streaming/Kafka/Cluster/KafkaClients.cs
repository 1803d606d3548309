using System.Globalization;
using Tppo.Streaming.Kafka.Native;
using Tppo.Streaming.Wire;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>Makes clients of one cluster, all with the settings that exactly-once rests on.</summary>
internal sealed class KafkaClients : IDisposable
{
    /// <summary>Most bytes of one record, as on the embedded backend.</summary>
    internal const int RecordBytesMax = 32 << 20;

    private const int ReadAheadKilobytes = 16 << 10;

    // A request that a dying broker took with it is not answered: the library's default of a minute would be waited for in vain.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan AnswerDue = TimeSpan.FromSeconds(2);
    private readonly KafkaOptions options;
    private readonly Lock gate = new();
    private readonly List<Driver.IAdminClient> retired = [];

    internal KafkaClients(KafkaOptions options)
    {
        KafkaLibrary.Load();
        this.options = options;
        Lines = new RareLines(options.Observer, options.Clock);
        Admin = NewAdmin();
    }

    internal Driver.IAdminClient Admin { get; private set; }

    /// <summary>What they were told of.</summary>
    internal HeardErrors Heard { get; } = new();

    /// <summary>The library's own lines: while a broker is away it has many.</summary>
    internal RareLines Lines { get; }

    /// <summary>A member of a group.</summary>
    internal Driver.ConsumerBuilder<string?, byte[]?> Member(string group, string member) => Consumer(new Driver.ConsumerConfig
    {
        GroupId = group,
        GroupInstanceId = $"{group}-{member}",
        SessionTimeoutMs = Milliseconds(options.SessionTimeout),
        HeartbeatIntervalMs = Math.Max(100, Milliseconds(options.SessionTimeout) / 4),
        PartitionAssignmentStrategy = Driver.PartitionAssignmentStrategy.Range,
        QueuedMaxMessagesKbytes = 2 * ReadAheadKilobytes,
        AutoOffsetReset = Driver.AutoOffsetReset.Earliest,
    });

    /// <summary>A reader of assigned ranges, of no group.</summary>
    internal Driver.IConsumer<string?, byte[]?> Reader()
    {
        var config = new Driver.ConsumerConfig
        {
            GroupId = $"{options.Prefix}reader",

            // A reader goes on to another partition where one ends: it must not wait there for what may still come.
            FetchWaitMaxMs = 2,
            QueuedMaxMessagesKbytes = ReadAheadKilobytes,
            AutoOffsetReset = Driver.AutoOffsetReset.Earliest,
        };
        return Consumer(config).SetErrorHandler((_, error) => Heard.Hear(error)).Build();
    }

    /// <summary>Sees what a group has committed, and is no member of it.</summary>
    internal Driver.IConsumer<string?, byte[]?> Onlooker(string group) =>
        Consumer(new Driver.ConsumerConfig { GroupId = group }).SetErrorHandler((_, error) => Heard.Hear(error)).Build();

    /// <summary>A transactional producer; served by whoever uses it, since waiting for a thread between costs 10 ms a commit.</summary>
    internal Driver.IProducer<string?, byte[]?> Producer(string transactionalId)
    {
        var config = Common(new Driver.ProducerConfig
        {
            TransactionalId = transactionalId,
            TransactionTimeoutMs = Milliseconds(options.TransactionTimeout),
            MessageTimeoutMs = Milliseconds(options.TransactionTimeout),
            MessageMaxBytes = RecordBytesMax,
            EnableBackgroundPoll = false,
            CompressionType = Driver.CompressionType.Lz4,
            LingerMs = 5,
            BatchSize = 1 << 20,
            QueueBufferingMaxMessages = 1_000_000,
            QueueBufferingMaxKbytes = 512 << 10,
        });
        return new Driver.ProducerBuilder<string?, byte[]?>(config)
            .SetKeySerializer(KafkaText.Serializer)
            .SetErrorHandler((_, error) => Heard.Hear(error))
            .SetLogHandler(Logged)
            .Build();
    }

    /// <summary>
    /// Replaces the admin client if it finds no broker where a new one does. A broker that is about to be back may tell of no broker
    /// at all, itself included: a client that hears this asks nobody ever again (librdkafka's issue 5301).
    /// </summary>
    internal void ReviveAdmin()
    {
        lock (gate)
        {
            if (FindsBrokers(Admin)) return;
            var other = NewAdmin();
            if (!FindsBrokers(other))
            {
                other.Dispose();
                return;
            }

            // Others may be inside of a call to it.
            retired.Add(Admin);
            Admin = other;
            options.Observer.Notice("kafka: a client that found no broker any more is replaced");
        }
    }

    public void Dispose()
    {
        Admin.Dispose();
        retired.ForEach(r => r.Dispose());
    }

    private Driver.IAdminClient NewAdmin() => new Driver.AdminClientBuilder(Common(new Driver.AdminClientConfig()))
        .SetErrorHandler((_, error) => Heard.Hear(error))
        .SetLogHandler(Logged)
        .Build();

    private static bool FindsBrokers(Driver.IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(AnswerDue).Brokers.Count > 0;
        }
        catch (Driver.KafkaException)
        {
            return false;
        }
    }

    private Driver.ConsumerBuilder<string?, byte[]?> Consumer(Driver.ConsumerConfig config)
    {
        config.IsolationLevel = options.ReadUncommitted ? Driver.IsolationLevel.ReadUncommitted : Driver.IsolationLevel.ReadCommitted;
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        config.EnablePartitionEof = true;
        config.FetchWaitMaxMs ??= 100;
        config.MaxPollIntervalMs = Math.Max(300_000, Milliseconds(options.SessionTimeout));
        config.ConsumeResultFields = "headers,timestamp,topic";

        // The default of a second stalls whoever reads faster than the broker fills the queue.
        config.Set("fetch.queue.backoff.ms", "1");
        return new Driver.ConsumerBuilder<string?, byte[]?>(Common(config))
            .SetKeyDeserializer(KafkaText.Deserializer)
            .SetLogHandler(Logged);
    }

    private T Common<T>(T config)
        where T : Driver.ClientConfig
    {
        config.BootstrapServers = options.BootstrapServers;
        config.ClientId = $"tppo-{options.Client ?? "reader"}";
        config.ReconnectBackoffMaxMs = 1000;
        config.SocketTimeoutMs = Math.Min(Milliseconds(RequestTimeout), Milliseconds(options.TransactionTimeout));
        config.TopicMetadataPropagationMaxMs = 10_000;
        foreach (var (key, value) in options.Security.Settings) config.Set(key, value);
        return config;
    }

    private void Logged(object client, Driver.LogMessage message)
    {
        if (message.Level <= Driver.SyslogLevel.Error) Lines.Warn($"kafka: {HeardErrors.Plain(message.Message)}");
    }

    private static int Milliseconds(TimeSpan time) => Convert.ToInt32(time.TotalMilliseconds, CultureInfo.InvariantCulture);
}
