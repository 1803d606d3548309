using System.Buffers.Binary;
using System.Text;
using RocksDbSharp;
using Tppo.Streaming.Log;
using Tppo.Streaming.Rocks;

namespace Tppo.Streaming.Kafka.State;

/// <summary>
/// The local copy of a member's keyed state, in RocksDB: values by (partition, kind, key), and per partition the offset of the
/// changelog that they reflect, in the same write batch. The copy may be behind the changelog, never ahead of it.
/// </summary>
internal sealed class StateStore : IStateReader, IDisposable
{
    /// <summary>Kind of rows that a service puts.</summary>
    internal const char Value = 's';

    /// <summary>Kind of rows that count what was written.</summary>
    internal const char Sequence = 'q';

    /// <summary>Kind of the row that says that offsets were committed along with this state.</summary>
    internal const char Begun = 'o';

    private const char Mark = 'm';
    private const int PrefixBytes = 3;
    private readonly RocksDb rocks;
    private readonly WriteOptions write = new WriteOptions().SetSync(false);
    private readonly Lock gate = new();
    private bool closed;

    private StateStore(RocksDb rocks) => this.rocks = rocks;

    /// <summary>Opens the copy of one member; where a frozen process of the same name still holds it, a further one.</summary>
    internal static StateStore Open(string folder, string name)
    {
        const int copiesMax = 64;
        Directory.CreateDirectory(folder);
        var options = new DbOptions().SetCreateIfMissing().SetMaxBackgroundFlushes(1).SetKeepLogFileNum(2);
        options.SetWriteBufferSize(32 << 20);
        for (var copy = 1; ; copy++)
        {
            try
            {
                return new StateStore(RocksDb.Open(options, Path.Combine(folder, copy == 1 ? name : FormattableString.Invariant($"{name}.{copy}"))));
            }
            catch (RocksDbException e) when (copy == copiesMax)
            {
                throw new LogException($"{folder}: the local state cannot be opened: {e.Message.ReplaceLineEndings(" ")}", e);
            }
            catch (RocksDbException)
            {
                // Held by another: the next name.
            }
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? Get(int partition, string key)
    {
        // Spelled out: a null array would turn into an empty memory, and absent would read as empty.
        if (Get(partition, Value, key) is { } value) return value;
        return null;
    }

    /// <summary>A row of any kind.</summary>
    internal byte[]? Get(int partition, char kind, string key)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            return rocks.Get(Row(partition, kind, key));
        }
    }

    /// <inheritdoc/>
    public IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> All(int partition)
    {
        var prefix = Row(partition, Value, "");
        return RocksRows.All(prefix, from => Look(prefix, from));
    }

    /// <summary>The mark of a partition: which incarnation of the changelog, the next offset of it, when; null where there is no copy.</summary>
    internal (string TopicId, long Next, long UnixSeconds)? MarkOf(int partition)
    {
        if (Get(partition, Mark, "") is not { } bytes) return null;
        return (Encoding.UTF8.GetString(bytes.AsSpan(16)), BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(8)));
    }

    /// <summary>Takes changes in, with the mark that they lead to.</summary>
    internal void Apply(
        int partition, IEnumerable<(char Kind, string Key, ReadOnlyMemory<byte>? Value)> changes, (string TopicId, long Next, long UnixSeconds) mark)
    {
        using var batch = new WriteBatch();
        foreach (var (kind, key, value) in changes)
        {
            if (value is { } bytes) batch.Put(Row(partition, kind, key), bytes.Span);
            else batch.Delete(Row(partition, kind, key));
        }

        var stamp = new byte[16 + Encoding.UTF8.GetByteCount(mark.TopicId)];
        BinaryPrimitives.WriteInt64BigEndian(stamp, mark.Next);
        BinaryPrimitives.WriteInt64BigEndian(stamp.AsSpan(8), mark.UnixSeconds);
        Encoding.UTF8.GetBytes(mark.TopicId, stamp.AsSpan(16));
        batch.Put(Row(partition, Mark, ""), stamp);
        Write(batch);
    }

    /// <summary>Forgets a partition.</summary>
    internal void Clear(int partition)
    {
        using var batch = new WriteBatch();
        batch.DeleteRange(Prefix(partition), 2, Prefix(partition + 1), 2);
        Write(batch);
    }

    public void Dispose()
    {
        lock (gate)
        {
            if (closed) return;
            closed = true;
            rocks.Dispose();
        }
    }

    private void Write(WriteBatch batch)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            rocks.Write(batch, write);
        }
    }

    private RocksRows.Chunk Look(byte[] prefix, byte[] from)
    {
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(closed, this);
            using var rows = rocks.NewIterator();
            return RocksRows.Take(rows, prefix, from);
        }
    }

    private static byte[] Prefix(int partition)
    {
        var prefix = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)partition);
        return prefix;
    }

    private static byte[] Row(int partition, char kind, string key)
    {
        var row = new byte[PrefixBytes + Encoding.UTF8.GetByteCount(key)];
        BinaryPrimitives.WriteUInt16BigEndian(row, (ushort)partition);
        row[2] = (byte)kind;
        Encoding.UTF8.GetBytes(key, row.AsSpan(PrefixBytes));
        return row;
    }
}
