namespace Tppo.Streaming.Log;

/// <summary>The committed keyed state of a group, by partition number. The writes of an open step are not seen.</summary>
public interface IStateReader
{
    /// <summary>The value of a key, or null where there is none.</summary>
    ReadOnlyMemory<byte>? Get(int partition, string key);

    /// <summary>All keys of a partition in order of their UTF-8 bytes, in bounded memory.</summary>
    IEnumerable<(string Key, ReadOnlyMemory<byte> Value)> All(int partition);
}
