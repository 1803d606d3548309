using System.Buffers.Binary;
using System.Security.Cryptography;
using RocksDbSharp;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// Compacts one partition in bounded memory: takes the newest offset of up to a million keys from the part that is new since
/// the last time, drops what these supersede from the whole partition, and goes on behind them until the end is reached.
/// Keys are held as the first 16 bytes of their SHA-256.
/// </summary>
internal sealed class Compaction(Database database, TopicTable topics, StepWriter writer, PartitionLog partition)
{
    private const int KeysMax = 1 << 20;
    private const int DeletesMax = 4096;

    private readonly Dictionary<UInt128, long> newest = [];

    /// <summary>Tombstones appended before <paramref name="tombstonesBefore"/> (Unix milliseconds) go with what they superseded.</summary>
    internal void Run(long tombstonesBefore)
    {
        var (start, end) = topics.Bounds(partition);
        var from = Math.Max(start, partition.CompactedTo);
        do
        {
            newest.Clear();
            var next = TakeNewest(from, end);
            DropSuperseded(start, next, tombstonesBefore);
            lock (writer.Gate)
            {
                using var batch = new WriteBatch();
                writer.WriteBounds(batch, partition, partition.Start, next);
            }

            from = next;
        }
        while (from < end);
    }

    private long TakeNewest(long from, long end)
    {
        var next = end;
        Walk(from, end, (offset, stored) =>
        {
            if (!RecordFormat.TryKey(stored, out var key, out _)) return true;
            if (newest.Count == KeysMax)
            {
                next = offset;
                return false;
            }

            newest[Hash(key)] = offset;
            return true;
        });
        return next;
    }

    private void DropSuperseded(long start, long end, long tombstonesBefore)
    {
        var from = start;
        while (from < end)
        {
            var drop = new List<long>();
            var next = end;
            Walk(from, end, (offset, stored) =>
            {
                if (!RecordFormat.TryKey(stored, out var key, out var tombstone)) return true;
                var superseded = newest.TryGetValue(Hash(key), out var newer) && newer > offset;
                if (superseded || (tombstone && RecordFormat.Timestamp(stored) < tombstonesBefore)) drop.Add(offset);
                if (drop.Count < DeletesMax) return true;
                next = offset + 1;
                return false;
            });
            Delete(drop);
            from = next;
        }
    }

    private void Delete(List<long> offsets)
    {
        if (offsets.Count == 0) return;
        using var batch = new WriteBatch();
        Span<byte> key = stackalloc byte[RowKeys.RecordBytes];
        foreach (var offset in offsets)
        {
            RowKeys.Record(key, partition.TopicId, partition.Id.Partition, offset);
            batch.Delete(key, database.Records);
        }

        database.Enter();
        try
        {
            database.Write(batch);
        }
        finally
        {
            database.Exit();
        }
    }

    private delegate bool Visit(long offset, ReadOnlySpan<byte> stored);

    private void Walk(long from, long end, Visit visit)
    {
        Span<byte> key = stackalloc byte[RowKeys.RecordBytes];
        RowKeys.Record(key, partition.TopicId, partition.Id.Partition, from);
        database.Enter();
        try
        {
            using var rows = database.Iterate(database.Records);
            for (rows.Seek(key); RecordReader.TryOffset(rows, key, out var offset) && offset < end; rows.Next())
            {
                if (!visit(offset, rows.GetValueSpan())) return;
            }
        }
        finally
        {
            database.Exit();
        }
    }

    private static UInt128 Hash(ReadOnlySpan<byte> key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(key, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}
