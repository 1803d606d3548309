using RocksDbSharp;
using Tppo.Core.Log;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Embedded;

/// <summary>Lets go of what the topic table lets go: by time of append, or all but the newest of each key.</summary>
internal sealed class Retention(Database database, TopicTable topics, StepWriter writer, TimeProvider clock)
{
    /// <summary>How long a tombstone stays readable, so that who reads along learns of the deletion.</summary>
    private static readonly TimeSpan TombstoneKept = TimeSpan.FromDays(1);

    private readonly RecordReader reader = new(database, topics);
    private readonly Lock running = new();

    internal void Enforce()
    {
        lock (running)
        {
            var now = clock.GetUtcNow();
            foreach (var topic in topics.All.ToArray())
            {
                foreach (var partition in topic.Partitions)
                {
                    if (topic.Spec.Cleanup == Cleanup.Compact)
                        new Compaction(database, topics, writer, partition).Run(UnixTime.CeilingMilliseconds(now - TombstoneKept));
                    else if (topic.Spec.Retention is { } retention)
                        DeleteBefore(partition, UnixTime.CeilingMilliseconds(now - retention));
                }
            }
        }
    }

    private void DeleteBefore(PartitionLog partition, long unixMilliseconds)
    {
        var newStart = reader.OffsetAt(partition, unixMilliseconds);
        lock (writer.Gate)
        {
            if (newStart <= partition.Start) return;
            using var batch = new WriteBatch();
            var from = new byte[RowKeys.RecordBytes];
            var to = new byte[RowKeys.RecordBytes];
            RowKeys.Record(from, partition.TopicId, partition.Id.Partition, partition.Start);
            RowKeys.Record(to, partition.TopicId, partition.Id.Partition, newStart);
            batch.DeleteRange(from, RowKeys.RecordBytes, to, RowKeys.RecordBytes, database.Records);
            writer.WriteBounds(batch, partition, newStart, partition.CompactedTo);
        }
    }
}
