using System.Text;
using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>Records as the managed client gives them.</summary>
internal static class KafkaRecords
{
    private static readonly byte[] Nothing = [];

    /// <summary>A record that was read.</summary>
    internal static LogRecord Read(string topic, Driver.ConsumeResult<string?, byte[]?> result) => new()
    {
        Topic = topic,
        Partition = result.Partition.Value,
        Offset = result.Offset.Value,
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(result.Message.Timestamp.UnixTimestampMs),
        Key = result.Message.Key,
        Value = result.Message.Value ?? Nothing,
        Headers = result.Message.Headers is { Count: > 0 } headers ? [.. headers.Select(h => new Header(h.Key, Text(h.GetValueBytes())))] : [],
    };

    private static string Text(byte[]? value) => value is null ? "" : Encoding.UTF8.GetString(value);
}
