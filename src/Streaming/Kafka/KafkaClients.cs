using System.Globalization;
using System.Text.RegularExpressions;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>Makes clients of one cluster, all with the settings that exactly-once rests on.</summary>
internal sealed partial class KafkaClients : IDisposable
{
    /// <summary>Most bytes of one record, as on the embedded backend.</summary>
    internal const int RecordBytesMax = 32 << 20;

    private const int ReadAheadKilobytes = 16 << 10;

    // A request that a dying broker took with it is not answered: the library's default of a minute would be waited for in vain.
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Glance = TimeSpan.FromSeconds(2);
    private readonly KafkaOptions options;
    private readonly Lock gate = new();
    private readonly List<Kafka.IAdminClient> retired = [];

    internal KafkaClients(KafkaOptions options)
    {
        KafkaLibrary.Load();
        this.options = options;
        Admin = NewAdmin();
    }

    internal Kafka.IAdminClient Admin { get; private set; }

    /// <summary>The last error that says that we are not let in; null while there was none.</summary>
    internal string? Refusal { get; private set; }

    /// <summary>A member of a group.</summary>
    internal Kafka.ConsumerBuilder<string?, byte[]?> Member(string group, string member) => Consumer(new Kafka.ConsumerConfig
    {
        GroupId = group,
        GroupInstanceId = $"{group}-{member}",
        SessionTimeoutMs = Milliseconds(options.SessionTimeout),
        HeartbeatIntervalMs = Math.Max(100, Milliseconds(options.SessionTimeout) / 4),
        PartitionAssignmentStrategy = Kafka.PartitionAssignmentStrategy.Range,
        QueuedMaxMessagesKbytes = 2 * ReadAheadKilobytes,
        AutoOffsetReset = Kafka.AutoOffsetReset.Earliest,
    });

    /// <summary>A reader of assigned ranges, of no group.</summary>
    internal Kafka.ConsumerBuilder<string?, byte[]?> Reader() => Consumer(new Kafka.ConsumerConfig
    {
        GroupId = $"{options.Prefix}reader",

        // A reader goes on to another partition where one ends: it must not wait there for what may still come.
        FetchWaitMaxMs = 2,
        QueuedMaxMessagesKbytes = ReadAheadKilobytes,
        AutoOffsetReset = Kafka.AutoOffsetReset.Earliest,
    });

    /// <summary>Sees what a group has committed, and is no member of it.</summary>
    internal Kafka.IConsumer<string?, byte[]?> Onlooker(string group) =>
        Consumer(new Kafka.ConsumerConfig { GroupId = group }).SetErrorHandler((_, error) => Told(error)).Build();

    /// <summary>A transactional producer; served by whoever uses it, since waiting for a thread between costs 10 ms a commit.</summary>
    internal Kafka.IProducer<string?, byte[]?> Producer(string transactionalId) => new Kafka.ProducerBuilder<string?, byte[]?>(Common(new Kafka.ProducerConfig
    {
        TransactionalId = transactionalId,
        TransactionTimeoutMs = Milliseconds(options.TransactionTimeout),
        MessageTimeoutMs = Milliseconds(options.TransactionTimeout),
        MessageMaxBytes = RecordBytesMax,
        EnableBackgroundPoll = false,
        CompressionType = Kafka.CompressionType.Lz4,
        LingerMs = 5,
        BatchSize = 1 << 20,
        QueueBufferingMaxMessages = 1_000_000,
        QueueBufferingMaxKbytes = 512 << 10,
    }))
        .SetKeySerializer(KafkaText.Serializer)
        .SetErrorHandler((_, error) => Told(error))
        .SetLogHandler(Logged)
        .Build();

    /// <summary>What was last heard of connections that failed, for whoever waits in vain; empty while nothing was.</summary>
    internal string Heard { get; private set; } = "";

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

    /// <summary>Notes and tells what a client's error handler heard.</summary>
    internal void Told(Kafka.Error error)
    {
        if (error.Code is Kafka.ErrorCode.Local_Authentication or Kafka.ErrorCode.SaslAuthenticationFailed or Kafka.ErrorCode.Local_Ssl
            or Kafka.ErrorCode.TopicAuthorizationFailed or Kafka.ErrorCode.GroupAuthorizationFailed or Kafka.ErrorCode.TransactionalIdAuthorizationFailed)
            Refusal = Plain(error.Reason);
        else if (error.Code == Kafka.ErrorCode.Local_Transport && error.Reason.Contains("tls alert", StringComparison.OrdinalIgnoreCase))
            Refusal = Plain(error.Reason); // A broker that does not take our certificate ends the connection by such an alert.
        else if (error.Code == Kafka.ErrorCode.Local_Transport)
            Heard = Plain(error.Reason);
    }

    /// <summary>What the library reports, in its own words and one line.</summary>
    internal static string Plain(string reason) => Spaces().Replace(reason, " ").Trim();

    private Kafka.IAdminClient NewAdmin() => new Kafka.AdminClientBuilder(Common(new Kafka.AdminClientConfig()))
        .SetErrorHandler((_, error) => Told(error))
        .SetLogHandler(Logged)
        .Build();

    private static bool FindsBrokers(Kafka.IAdminClient admin)
    {
        try
        {
            return admin.GetMetadata(Glance).Brokers.Count > 0;
        }
        catch (Kafka.KafkaException)
        {
            return false;
        }
    }

    private Kafka.ConsumerBuilder<string?, byte[]?> Consumer(Kafka.ConsumerConfig config)
    {
        config.IsolationLevel = options.ReadUncommitted ? Kafka.IsolationLevel.ReadUncommitted : Kafka.IsolationLevel.ReadCommitted;
        config.EnableAutoCommit = false;
        config.EnableAutoOffsetStore = false;
        config.EnablePartitionEof = true;
        config.FetchWaitMaxMs ??= 100;
        config.MaxPollIntervalMs = Math.Max(300_000, Milliseconds(options.SessionTimeout));
        config.ConsumeResultFields = "headers,timestamp,topic";

        // The default of a second stalls whoever reads faster than the broker fills the queue.
        config.Set("fetch.queue.backoff.ms", "1");
        return new Kafka.ConsumerBuilder<string?, byte[]?>(Common(config)).SetKeyDeserializer(KafkaText.Deserializer).SetLogHandler(Logged);
    }

    private T Common<T>(T config)
        where T : Kafka.ClientConfig
    {
        config.BootstrapServers = options.BootstrapServers;
        config.ClientId = $"tppo-{options.Client ?? "reader"}";
        config.ReconnectBackoffMaxMs = 1000;
        config.SocketTimeoutMs = Math.Min(Milliseconds(RequestTimeout), Milliseconds(options.TransactionTimeout));
        config.TopicMetadataPropagationMaxMs = 10_000;
        foreach (var (key, value) in options.Security.Settings) config.Set(key, value);
        return config;
    }

    private void Logged(object client, Kafka.LogMessage message)
    {
        if (message.Level <= Kafka.SyslogLevel.Error) options.Observer.Notice($"kafka: {Plain(message.Message)}");
    }

    private static int Milliseconds(TimeSpan time) => Convert.ToInt32(time.TotalMilliseconds, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
