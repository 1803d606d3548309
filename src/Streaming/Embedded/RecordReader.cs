using System.Buffers.Binary;
using Tppo.Streaming.Log;
using Tppo.Streaming.Rocks;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Embedded;

/// <summary>Reads stretches of a partition. No iterator outlives a call, so that a slow reader pins nothing in the database.</summary>
internal sealed class RecordReader(Database database, TopicTable topics)
{
    private const int ChunkRecordsMax = 1024;
    private const int ChunkBytesMax = 4 << 20;

    private readonly KeyCache keys = new();

    /// <summary>Adds records from <paramref name="from"/> on; returns where to go on, which is the end where nothing is left.</summary>
    internal long Read(PartitionLog partition, long from, long endExclusive, int recordsMax, ref long bytesLeft, List<LogRecord> into)
    {
        if (from >= endExclusive) return from;
        Span<byte> key = stackalloc byte[RowKeys.RecordBytes];
        RowKeys.Record(key, partition.TopicId, partition.Id.Partition, Math.Max(from, 0));
        database.Enter();
        try
        {
            using var rows = database.Iterate(database.Records);
            var next = from;
            for (rows.Seek(key); TryOffset(rows, key, out var offset) && offset < endExclusive; rows.Next())
            {
                if (recordsMax-- <= 0 || bytesLeft <= 0) return next;
                var stored = rows.GetValueSpan().ToArray();
                bytesLeft -= stored.Length;
                into.Add(RecordFormat.Read(partition.Id, offset, stored, keys));
                next = offset + 1;
            }

            return endExclusive;
        }
        finally
        {
            database.Exit();
        }
    }

    /// <summary>The partition's records, a bounded chunk at a time.</summary>
    internal IEnumerable<LogRecord> Stream(PartitionLog partition, long from, long endExclusive)
    {
        var chunk = new List<LogRecord>(ChunkRecordsMax);
        while (from < endExclusive)
        {
            long bytesLeft = ChunkBytesMax;
            from = Read(partition, from, endExclusive, ChunkRecordsMax, ref bytesLeft, chunk);
            foreach (var record in chunk) yield return record;
            chunk.Clear();
        }
    }

    /// <summary>By bisection, which holds because append times never decrease along a partition.</summary>
    internal long OffsetAt(PartitionLog partition, long unixMilliseconds)
    {
        var (low, high) = topics.Bounds(partition);
        Span<byte> key = stackalloc byte[RowKeys.RecordBytes];
        database.Enter();
        try
        {
            using var rows = database.Iterate(database.Records);
            while (low < high)
            {
                var middle = low + ((high - low) / 2);
                RowKeys.Record(key, partition.TopicId, partition.Id.Partition, middle);
                rows.Seek(key);
                if (!TryOffset(rows, key, out var offset) || offset >= high || RecordFormat.Timestamp(rows.GetValueSpan()) >= unixMilliseconds)
                    high = middle;
                else
                    low = offset + 1;
            }

            return low;
        }
        finally
        {
            database.Exit();
        }
    }

    /// <summary>The offset that the iterator stands on; false where it has left the partition of <paramref name="key"/>.</summary>
    internal static bool TryOffset(RocksDbSharp.Iterator rows, ReadOnlySpan<byte> key, out long offset)
    {
        offset = 0;
        if (!rows.Valid())
        {
            RocksRows.ThrowIfFailed(rows);
            return false;
        }

        var found = rows.GetKeySpan();
        if (BinaryPrimitives.ReadUInt32BigEndian(found) != BinaryPrimitives.ReadUInt32BigEndian(key)) return false;
        offset = RowKeys.Offset(found);
        return true;
    }
}
