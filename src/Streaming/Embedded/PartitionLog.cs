using System.Buffers.Binary;
using Tppo.Core.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>What is known of one partition. Published fields change under the table's publishing lock, pending ones under the writer's gate.</summary>
internal sealed class PartitionLog(TopicPartition id, ushort topicId)
{
    internal const int StoredBytes = 32;

    internal TopicPartition Id { get; } = id;

    internal ushort TopicId { get; } = topicId;

    /// <summary>Published: the least offset that may exist.</summary>
    internal long Start { get; set; }

    /// <summary>Published: the offset after the last record.</summary>
    internal long End { get; set; }

    /// <summary>Gate: the time of the last append; the next one is not earlier, whatever the clock says.</summary>
    internal long LastTimestamp { get; set; }

    /// <summary>Gate: below it no two records share a key (compacted topics).</summary>
    internal long CompactedTo { get; set; }

    /// <summary>Gate: the offset of the next record of the write under way.</summary>
    internal long Next { get; set; }

    /// <summary>Gate: the write under way has a record for this partition.</summary>
    internal bool Touched { get; set; }

    internal void Load(ReadOnlySpan<byte> stored)
    {
        Start = BinaryPrimitives.ReadInt64BigEndian(stored);
        End = BinaryPrimitives.ReadInt64BigEndian(stored[8..]);
        LastTimestamp = BinaryPrimitives.ReadInt64BigEndian(stored[16..]);
        CompactedTo = BinaryPrimitives.ReadInt64BigEndian(stored[24..]);
    }

    internal static void Store(Span<byte> stored, long start, long end, long lastTimestamp, long compactedTo)
    {
        BinaryPrimitives.WriteInt64BigEndian(stored, start);
        BinaryPrimitives.WriteInt64BigEndian(stored[8..], end);
        BinaryPrimitives.WriteInt64BigEndian(stored[16..], lastTimestamp);
        BinaryPrimitives.WriteInt64BigEndian(stored[24..], compactedTo);
    }
}
