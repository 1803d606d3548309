using System.Text;
using RocksDbSharp;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Rocks;

/// <summary>Rows of a RocksDB whose keys begin alike, and how an iterator over them fails.</summary>
internal static class RocksRows
{
    private const int ChunkBytesMax = 4 << 20;
    private const int RowOverheadBytes = 64;

    /// <summary>Some rows, and the key at which the next ones begin; null: these were the last.</summary>
    internal readonly record struct Chunk(IReadOnlyList<(string Key, ReadOnlyMemory<byte> Value)> Rows, byte[]? Next);

    /// <summary>All rows behind a prefix, a chunk at a time, so that no iterator outlives a look.</summary>
    /// <param name="prefix">How their keys begin.</param>
    /// <param name="look">Takes the chunk that begins at a key.</param>
    internal static IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> All(byte[] prefix, Func<byte[], Chunk> look)
    {
        for (byte[]? from = prefix; from is not null;)
        {
            var chunk = look(from);
            foreach (var row in chunk.Rows) yield return row;
            from = chunk.Next;
        }
    }

    /// <summary>A bounded chunk of the rows behind a prefix: what follows the prefix in a key, as text, and the value.</summary>
    internal static Chunk Take(Iterator rows, byte[] prefix, byte[] from)
    {
        var taken = new List<(string, ReadOnlyMemory<byte>)>();
        var bytes = 0;
        for (rows.Seek(from.AsSpan()); rows.Valid() && rows.GetKeySpan().StartsWith(prefix); rows.Next())
        {
            if (bytes >= ChunkBytesMax) return new Chunk(taken, rows.Key());
            var value = rows.Value();
            taken.Add((Encoding.UTF8.GetString(rows.GetKeySpan()[prefix.Length..]), value));
            bytes += value.Length + RowOverheadBytes;
        }

        ThrowIfFailed(rows);
        return new Chunk(taken, null);
    }

    /// <summary>Tells an iterator that came to its end from one that failed: both are invalid.</summary>
    internal static void ThrowIfFailed(Iterator rows)
    {
        Native.Instance.rocksdb_iter_get_error(rows.Handle, out var error);
        if (error == IntPtr.Zero) return;
        var cause = new RocksDbException(error);
        throw new LogException($"reading the log failed: {cause.Message.ReplaceLineEndings(" ")}", cause);
    }
}
