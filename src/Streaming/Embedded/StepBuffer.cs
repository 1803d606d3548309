using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Embedded;

/// <summary>What a step is going to write, encoded as it comes, so that the writer's gate is held for copying alone.</summary>
internal sealed class StepBuffer(TopicTable topics) : IDisposable
{
    internal const int RecordBytesMax = 32 << 20;
    internal const int StepBytesMax = 512 << 20;
    private const int BytesKept = 64 << 20;
    private const int EntriesKept = 1 << 17;

    private readonly List<Entry> records = [];
    private readonly List<StateEntry> state = [];
    private readonly Dictionary<TopicPartition, long> offsets = [];
    private TopicLog? lastTopic;

    internal ByteWriter Bytes { get; } = new();

    internal List<Entry> Records => records;

    internal List<StateEntry> State => state;

    internal IReadOnlyDictionary<TopicPartition, long> Offsets => offsets;

    internal bool IsEmpty => records.Count == 0 && state.Count == 0 && offsets.Count == 0;

    internal void Append(OutgoingRecord record)
    {
        if (lastTopic?.Spec.Name != record.Topic) lastTopic = topics.Find(record.Topic);
        var partition = lastTopic.Partition(record.Partition ?? PartitionOf(record.Key, lastTopic.Partitions.Length));
        if (record.Value.Length > RecordBytesMax)
            throw new ArgumentException($"a record for '{record.Topic}' has {record.Value.Length} bytes: expected at most {RecordBytesMax}");
        var start = Bytes.Length;
        RecordFormat.Write(Bytes, record);
        records.Add(new Entry(lastTopic, partition, start, Bytes.Length - start));
        CheckSize();
    }

    internal void Put(ReadOnlySpan<byte> prefix, string key, ReadOnlySpan<byte> value)
    {
        Delete(prefix, key);
        state[^1] = state[^1] with { ValueLength = value.Length };
        Bytes.Bytes(value);
        CheckSize();
    }

    internal void Delete(ReadOnlySpan<byte> prefix, string key)
    {
        var start = Bytes.Length;
        Bytes.Bytes(prefix);
        Encoding.UTF8.GetBytes(key, Bytes.Reserve(Encoding.UTF8.GetByteCount(key)));
        state.Add(new StateEntry(start, Bytes.Length - start, ValueLength: null));
        CheckSize();
    }

    internal void Commit(TopicPartition partition, long nextOffset) => offsets[partition] = nextOffset;

    /// <summary>Empty again, for the next step of the same consumer: what steps usually take is not asked for anew each time.</summary>
    internal void Clear()
    {
        records.Clear();
        state.Clear();
        offsets.Clear();
        Bytes.Clear(BytesKept);
        if (records.Capacity > EntriesKept) records.Capacity = 0;
    }

    public void Dispose() => Bytes.Dispose();

    private static int PartitionOf(string? key, int partitions)
    {
        if (key is null || partitions == 1) return 0;
        var length = Encoding.UTF8.GetByteCount(key);
        var bytes = length <= 256 ? stackalloc byte[length] : new byte[length];
        Encoding.UTF8.GetBytes(key, bytes);
        return Murmur2.Partition(bytes, partitions);
    }

    private void CheckSize()
    {
        if (Bytes.Length > StepBytesMax)
            throw new InvalidOperationException($"a step holds more than {StepBytesMax} bytes: finish it earlier");
    }

    internal readonly record struct Entry(TopicLog Topic, PartitionLog Partition, int Start, int Length);

    /// <summary>A key and, right behind it, its value; none: the key goes.</summary>
    internal readonly record struct StateEntry(int Start, int KeyLength, int? ValueLength);
}
