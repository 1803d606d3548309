using System.Globalization;
using RocksDbSharp;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// RocksDB with its column families and limits. Every use stands between <see cref="Enter"/> and <see cref="Exit"/>, so that
/// closing waits for uses to end instead of pulling native memory from under them.
/// </summary>
internal sealed class Database : IDisposable
{
    private const ulong Mebibyte = 1 << 20;
    private const int ReadOnlyAttemptsMax = 5;
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromMilliseconds(20);

    // Records come in order and stay: merging files of them sooner spends time on what reads hardly feel.
    private const int RecordRunsMax = 12;

    private readonly ReaderWriterLockSlim uses = new(LockRecursionPolicy.SupportsRecursion);
    private readonly RocksDb rocks;
    private readonly WriteOptions writeOptions;
    private readonly ReadOptions readOptions = new();
    private bool closed;

    private Database(RocksDb rocks, bool sync)
    {
        this.rocks = rocks;
        writeOptions = new WriteOptions().SetSync(sync);
        Topics = rocks.GetColumnFamily("topics");
        Records = rocks.GetColumnFamily("records");
        Bounds = rocks.GetColumnFamily("bounds");
        Offsets = rocks.GetColumnFamily("offsets");
        State = rocks.GetColumnFamily("state");
    }

    /// <summary>name → topic id.</summary>
    internal ColumnFamilyHandle Topics { get; }

    /// <summary>(topic id, partition, offset) → record.</summary>
    internal ColumnFamilyHandle Records { get; }

    /// <summary>(topic id, partition) → start, end, time of the last append, where compaction stands.</summary>
    internal ColumnFamilyHandle Bounds { get; }

    /// <summary>(group, topic, partition) → committed offset.</summary>
    internal ColumnFamilyHandle Offsets { get; }

    /// <summary>(group, partition, key) → value.</summary>
    internal ColumnFamilyHandle State { get; }

    /// <summary>How many writes it has taken, ever: grows with each row that is put or deleted.</summary>
    internal ulong Writes => rocks.GetLatestSequenceNumber();

    /// <summary>Bytes of all tables.</summary>
    internal long TableBytes => new[] { Topics, Records, Bounds, Offsets, State }
        .Sum(family => long.Parse(rocks.GetProperty("rocksdb.live-sst-files-size", family), CultureInfo.InvariantCulture));

    internal static Database Open(string path, EmbeddedOptions options)
    {
        try
        {
            return new Database(RocksDb.Open(DatabaseOptions(), path, Families(options.BlockCacheBytes)), options.SyncEveryStep);
        }
        catch (RocksDbException e)
        {
            throw new LogException($"{path}: cannot be opened: {OneLine(e)}", e);
        }
    }

    /// <summary>Makes the list of a database's files anew from its tables and logs.</summary>
    /// <exception cref="LogException">That cannot be done.</exception>
    internal static void Remake(string path)
    {
        Native.Instance.rocksdb_repair_db(DatabaseOptions().Handle, path, out var error);
        if (error != IntPtr.Zero) throw new LogException($"{path}: cannot be made anew: {OneLine(new RocksDbException(error))}");
    }

    /// <summary>A view of the moment of opening; the owner may go on writing. All files are opened at once, so that none can vanish later.</summary>
    internal static Database OpenReadOnly(string path, long blockCacheBytes, TimeProvider clock)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return new Database(RocksDb.OpenReadOnly(DatabaseOptions(), path, Families(blockCacheBytes), false), sync: false);
            }
            catch (RocksDbException e) when (attempt == ReadOnlyAttemptsMax)
            {
                throw new LogException($"{path}: cannot be read: {OneLine(e)}", e);
            }
            catch (RocksDbException)
            {
                // The owner replaced files between the listing and the opening of them: look again.
                clock.Pause(attempt * LookAgainAfter);
            }
        }
    }

    internal void Enter()
    {
        uses.EnterReadLock();
        if (!closed) return;
        uses.ExitReadLock();
        throw new ObjectDisposedException(nameof(EmbeddedLog));
    }

    internal void Exit() => uses.ExitReadLock();

    /// <summary>The offset of a partition's last record; null: it has none.</summary>
    internal long? LastOffset(PartitionLog partition)
    {
        Span<byte> key = stackalloc byte[RowKeys.RecordBytes];
        RowKeys.Record(key, partition.TopicId, partition.Id.Partition, long.MaxValue);
        using var rows = Iterate(Records);
        rows.SeekForPrev(key);
        return RecordReader.TryOffset(rows, key, out var offset) ? offset : null;
    }

    internal Iterator Iterate(ColumnFamilyHandle family) => rocks.NewIterator(family, readOptions);

    internal byte[]? Get(ColumnFamilyHandle family, ReadOnlySpan<byte> key) => rocks.Get(key, family, readOptions);

    internal void Write(WriteBatch batch)
    {
        try
        {
            rocks.Write(batch, writeOptions);
        }
        catch (RocksDbException e)
        {
            throw new LogException($"writing to the log failed: {OneLine(e)}", e);
        }
    }

    /// <summary>Waits until the disk has all that was written.</summary>
    internal void Sync()
    {
        Native.Instance.rocksdb_flush_wal(rocks.Handle, 1, out var error);
        if (error != IntPtr.Zero) throw new LogException($"{rocks.Path}: writing to the disk failed: {OneLine(new RocksDbException(error))}");
    }

    /// <summary>Reads every table and compares its check sums; logs are compared when they are opened.</summary>
    /// <exception cref="LogException">One differs; the message names the file and the place.</exception>
    internal void VerifyTables()
    {
        Native.Instance.rocksdb_verify_checksum(rocks.Handle, out var error);
        if (error != IntPtr.Zero) throw new LogException($"{rocks.Path}: {OneLine(new RocksDbException(error))}");
    }

    public void Dispose()
    {
        uses.EnterWriteLock();
        try
        {
            if (!closed) rocks.Dispose();
            closed = true;
        }
        finally
        {
            uses.ExitWriteLock();
        }
    }

    private static string OneLine(Exception e) => e.Message.ReplaceLineEndings(" ");

    private static DbOptions DatabaseOptions()
    {
        var options = new DbOptions();
        options.SetCreateIfMissing(true).SetCreateMissingColumnFamilies(true).SetWalRecoveryMode(Recovery.PointInTime)
            .SetMaxTotalWalSize(256 * Mebibyte).SetDbWriteBufferSize(256 * Mebibyte)
            .SetMaxOpenFiles(-1).SetMaxLogFileSize(4 * Mebibyte).SetKeepLogFileNum(2).SetStatsDumpPeriodSec(0)
            .SetMaxBackgroundCompactions(1).SetMaxBackgroundFlushes(1).SetBytesPerSync(Mebibyte);
        return options;
    }

    private static ColumnFamilies Families(long blockCacheBytes)
    {
        var cache = Cache.CreateLru((ulong)Math.Max(blockCacheBytes, 1 << 20));
        return new ColumnFamilies(Family(cache, 4))
        {
            { "topics", Family(cache, 4) },
            { "records", Family(cache, 64).SetCompactionStyle(RocksDbSharp.Compaction.Universal).SetLevel0FileNumCompactionTrigger(RecordRunsMax) },
            { "bounds", Family(cache, 4) },
            { "offsets", Family(cache, 4) },
            { "state", Family(cache, 32) },
        };
    }

    private static ColumnFamilyOptions Family(Cache cache, ulong writeBufferMebibytes) => new ColumnFamilyOptions()
        .SetWriteBufferSize(writeBufferMebibytes * Mebibyte).SetMaxWriteBufferNumber(3).SetCompression(Compression.Lz4)
        .SetBlockBasedTableFactory(new BlockBasedTableOptions().SetBlockSize(16 << 10).SetBlockCache(cache));
}
