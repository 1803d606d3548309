using System.Buffers.Binary;
using System.Text;
using Tppo.Core.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>Keys of the database's rows. Numbers are big-endian, so that the order of bytes is the order of offsets.</summary>
internal static class RowKeys
{
    internal const int RecordBytes = 12;
    internal const int PartitionBytes = 4;

    /// <summary>(topic id, partition, offset): 2 + 2 + 8 bytes.</summary>
    internal static void Record(Span<byte> key, ushort topic, int partition, long offset)
    {
        Partition(key, topic, partition);
        BinaryPrimitives.WriteInt64BigEndian(key[PartitionBytes..], offset);
    }

    internal static void Partition(Span<byte> key, ushort topic, int partition)
    {
        BinaryPrimitives.WriteUInt16BigEndian(key, topic);
        BinaryPrimitives.WriteUInt16BigEndian(key[2..], (ushort)partition);
    }

    internal static long Offset(ReadOnlySpan<byte> recordKey) => BinaryPrimitives.ReadInt64BigEndian(recordKey[PartitionBytes..]);

    /// <summary>group ‖ 0 ‖ partition: what all keys of a group's state in one partition begin with.</summary>
    internal static byte[] StatePrefix(string group, int partition)
    {
        var length = Encoding.UTF8.GetByteCount(group);
        var prefix = new byte[length + 5];
        Encoding.UTF8.GetBytes(group, prefix);
        BinaryPrimitives.WriteInt32BigEndian(prefix.AsSpan(length + 1), partition);
        return prefix;
    }

    internal static byte[] State(byte[] prefix, string key) => [.. prefix, .. Encoding.UTF8.GetBytes(key)];

    /// <summary>group ‖ 0 ‖ topic ‖ 0 ‖ partition.</summary>
    internal static byte[] Offset(string group, TopicPartition partition)
    {
        var key = new byte[Encoding.UTF8.GetByteCount(group) + Encoding.UTF8.GetByteCount(partition.Topic) + 6];
        var length = Encoding.UTF8.GetBytes(group, key) + 1;
        length += Encoding.UTF8.GetBytes(partition.Topic, key.AsSpan(length)) + 1;
        BinaryPrimitives.WriteInt32BigEndian(key.AsSpan(length), partition.Partition);
        return key;
    }

    internal static (string Group, TopicPartition Partition) ParseOffset(ReadOnlySpan<byte> key)
    {
        var groupEnd = key.IndexOf((byte)0);
        var topic = key[(groupEnd + 1)..^5];
        var partition = BinaryPrimitives.ReadInt32BigEndian(key[^4..]);
        return (Encoding.UTF8.GetString(key[..groupEnd]), new TopicPartition(Encoding.UTF8.GetString(topic), partition));
    }
}
