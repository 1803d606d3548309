using System.Globalization;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Native;

/// <summary>A record on its way to a partition of the cluster.</summary>
/// <param name="Place">Where it goes.</param>
/// <param name="Key">Its key; null: none.</param>
/// <param name="Value">Its payload.</param>
/// <param name="IsGone">It has none at all: its key is gone from a compacted topic.</param>
/// <param name="Headers">Its headers; one that tells a number of a sequence is left out.</param>
/// <param name="Sequence">The sequence it belongs to, such as <c>group/source/</c>; null: to none.</param>
/// <param name="Number">Its number there.</param>
internal readonly record struct KafkaMessage(
    Driver.TopicPartition Place, string? Key, ReadOnlyMemory<byte> Value, bool IsGone, IReadOnlyList<Header> Headers, string? Sequence = null, long Number = 0)
{
    /// <summary>A record of ours, in no sequence: headers that it has are written as they are.</summary>
    internal static KafkaMessage Of(Driver.TopicPartition place, OutgoingRecord record, bool compacted) =>
        new(place, record.Key, record.Value, compacted && record.Value.Length == 0, record.Headers);

    /// <summary>Its headers as they go onto the wire, the number of its sequence last.</summary>
    internal IEnumerable<Header> AllHeaders()
    {
        foreach (var header in Headers)
        {
            if (Sequence is null || header.Name != HeaderNames.Sequence) yield return header;
        }

        if (Sequence is not null) yield return new Header(HeaderNames.Sequence, string.Create(CultureInfo.InvariantCulture, $"{Sequence}{Number}"));
    }
}
