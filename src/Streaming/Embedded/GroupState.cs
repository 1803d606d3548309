using System.Text;

namespace Tppo.Streaming;

/// <summary>A group's committed state, straight from the database.</summary>
internal sealed class GroupState(Database database, string group) : IStateReader
{
    private const int ChunkBytesMax = 4 << 20;

    public ReadOnlyMemory<byte>? Get(int partition, string key)
    {
        database.Enter();
        try
        {
            // Spelled out: a null array would turn into an empty memory, and absent would read as empty.
            if (database.Get(database.State, RowKeys.State(RowKeys.StatePrefix(group, partition), key)) is { } value) return value;
            return null;
        }
        finally
        {
            database.Exit();
        }
    }

    public IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> All(int partition)
    {
        var prefix = RowKeys.StatePrefix(group, partition);
        byte[]? from = prefix;
        while (from is not null)
        {
            var chunk = new List<(string, ReadOnlyMemory<byte>)>();
            from = ReadChunk(prefix, from, chunk);
            foreach (var entry in chunk) yield return entry;
        }
    }

    private byte[]? ReadChunk(byte[] prefix, byte[] from, List<(string, ReadOnlyMemory<byte>)> into)
    {
        database.Enter();
        try
        {
            var bytes = 0;
            using var rows = database.Iterate(database.State);
            for (rows.Seek(from.AsSpan()); rows.Valid() && rows.GetKeySpan().StartsWith(prefix); rows.Next())
            {
                if (bytes >= ChunkBytesMax) return rows.Key();
                var value = rows.Value();
                into.Add((Encoding.UTF8.GetString(rows.GetKeySpan()[prefix.Length..]), value));
                bytes += value.Length + 64;
            }

            Database.ThrowIfFailed(rows);
            return null;
        }
        finally
        {
            database.Exit();
        }
    }
}
