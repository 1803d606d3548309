using Tppo.Streaming.Log;
using Tppo.Streaming.Rocks;

namespace Tppo.Streaming.Embedded;

/// <summary>A group's committed state, straight from the database.</summary>
internal sealed class GroupState(Database database, string group) : IStateReader
{
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
        return RocksRows.All(prefix, from => Look(prefix, from));
    }

    private RocksRows.Chunk Look(byte[] prefix, byte[] from)
    {
        database.Enter();
        try
        {
            using var rows = database.Iterate(database.State);
            return RocksRows.Take(rows, prefix, from);
        }
        finally
        {
            database.Exit();
        }
    }
}
