using System.Globalization;
using System.Text.RegularExpressions;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>Makes clients of one cluster, all with the settings that exactly-once rests on.</summary>
internal sealed partial class KafkaClients
{
    /// <summary>Most bytes of one record, as on the embedded backend.</summary>
    internal const int RecordBytesMax = 32 << 20;

    private const int ReadAheadKilobytes = 16 << 10;
    private readonly KafkaOptions options;

    internal KafkaClients(KafkaOptions options)
    {
        KafkaLibrary.Load();
        this.options = options;
        Admin = new Kafka.AdminClientBuilder(Common(new Kafka.AdminClientConfig()))
            .SetErrorHandler((_, error) => Told(error))
            .SetLogHandler(Logged)
            .Build();
    }

    internal Kafka.IAdminClient Admin { get; }

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
