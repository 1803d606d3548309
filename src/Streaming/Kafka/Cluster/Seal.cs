using System.Globalization;
using Tppo.Streaming.Kafka.Native;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Cluster;

/// <summary>
/// A record on a partition where a transaction has no end, so that a transaction of its own may write one: no value, <c>ce_type</c>
/// tppo.seal.v1. Readers of the log are not given it, as they are not given the markers of transactions.
/// </summary>
internal static class Seal
{
    /// <summary>Type of seals.</summary>
    internal const string Type = "tppo.seal.v1";

    /// <summary>The seal of a partition whose end was missing behind an offset.</summary>
    internal static KafkaMessage Of(Driver.TopicPartition place, long offset)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"seal/{place.Topic}/{place.Partition.Value}/{offset}");

        // Compacted topics take no record without a key, and forget this one by and by.
        return new KafkaMessage(place, "seal", default, IsGone: true, CloudEvent.Headers(id, "tppo", Type, "", CloudEvent.Json));
    }

    /// <summary>Whether a record on its way is one.</summary>
    internal static bool Is(in KafkaMessage message) => message.IsGone && message.Headers.Any(h => h.Name == HeaderNames.Type && h.Value == Type);

    /// <summary>Whether a record is one.</summary>
    internal static bool Is(LogRecord record) => record.Value.Length == 0 && record.Header(HeaderNames.Type) == Type;

    /// <summary>Whether what the managed client read is one.</summary>
    internal static bool Is(Driver.ConsumeResult<string?, byte[]?> result) =>
        result.Message.Value is null or { Length: 0 } && result.Message.Headers is { Count: > 0 } && Is(KafkaRecords.Read(result.Topic, result));
}
