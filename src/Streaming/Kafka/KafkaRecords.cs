using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>Records between our form and the client's.</summary>
internal static class KafkaRecords
{
    private static readonly byte[] Nothing = [];

    /// <summary>A record that was read.</summary>
    internal static LogRecord Read(string topic, Kafka.ConsumeResult<string?, byte[]?> result) => new()
    {
        Topic = topic,
        Partition = result.Partition.Value,
        Offset = result.Offset.Value,
        Timestamp = DateTimeOffset.FromUnixTimeMilliseconds(result.Message.Timestamp.UnixTimestampMs),
        Key = result.Message.Key,
        Value = result.Message.Value ?? Nothing,
        Headers = result.Message.Headers is { Count: > 0 } headers ? new KafkaHeaders(headers) : [],
    };

    /// <summary>A record to be written, without a header that the writer sets itself; an empty value on a compacted topic says that the key is gone.</summary>
    internal static Kafka.Message<string?, byte[]?> Write(OutgoingRecord record, bool compacted, string? except = null) => new()
    {
        Key = record.Key,
        Value = record.Value.Length == 0 && compacted ? null : Bytes(record.Value),
        Headers = KafkaHeaders.ForWire(record.Headers, except),
    };

    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(memory, out var segment) && segment.Array!.Length == memory.Length ? segment.Array : memory.ToArray();
}
