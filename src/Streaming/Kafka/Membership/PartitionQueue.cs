using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Cluster;
using Tppo.Streaming.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Membership;

/// <summary>Records of one assigned partition that were fetched and not yet handed out, and where it stands.</summary>
internal sealed class PartitionQueue(TopicPartition id, Driver.TopicPartition place, long position)
{
    private readonly Queue<LogRecord> records = [];
    private long position = position, readTo = position, fetchedTo = position;

    private DateTimeOffset? lastTimestamp;

    internal TopicPartition Id => id;

    internal Driver.TopicPartition Place => place;

    /// <summary>The offset that is handed out next, or one before it where a hole lies between.</summary>
    internal long Position => records.Count == 0 ? Math.Max(position, readTo) : position;

    /// <summary>Not to be handed out.</summary>
    internal bool Paused { get; set; }

    /// <summary>Nor to be fetched: enough lies here.</summary>
    internal bool FetchPaused { get; set; }

    internal int Count => records.Count;

    internal long Bytes { get; private set; }

    /// <summary>When the next record was appended; where it is still to be fetched, the one before it, which is earlier. Null: not known.</summary>
    internal DateTimeOffset? UnreadSince => records.TryPeek(out var next) ? next.Timestamp : lastTimestamp;

    internal void Enqueue(LogRecord record)
    {
        if (record.Offset < fetchedTo) return;
        fetchedTo = record.Offset + 1;
        if (Seal.Is(record))
        {
            ReadTo(fetchedTo);
            return;
        }

        records.Enqueue(record);
        Bytes += record.Value.Length;
    }

    internal LogRecord Dequeue()
    {
        var record = records.Dequeue();
        Bytes -= record.Value.Length;
        position = record.Offset + 1;
        lastTimestamp = record.Timestamp;
        return record;
    }

    /// <summary>The partition is fetched up to here: what lies behind its last record holds nothing.</summary>
    internal void ReadTo(long offset) => readTo = Math.Max(readTo, offset);

    /// <summary>Everything is read before this end.</summary>
    internal bool IsAt(long end) => records.Count == 0 && Position >= end;

    /// <summary>Goes on from another offset.</summary>
    internal void Move(long offset)
    {
        records.Clear();
        (Bytes, position, readTo, fetchedTo) = (0, offset, offset, offset);
    }

    /// <summary>Forgets what was fetched, and that fetching was to pause; it will be fetched again.</summary>
    internal void Refetch()
    {
        Move(Position);
        FetchPaused = false;
    }
}
