using System.Text;
using Tppo.Core.Log;

namespace Tppo.Streaming;

/// <summary>What a step is going to write, encoded as it comes, so that the writer's gate is held for copying alone.</summary>
internal sealed class StepBuffer(TopicTable topics) : IDisposable
{
    internal const int RecordBytesMax = 32 << 20;
    internal const int StepBytesMax = 512 << 20;

    private readonly List<Entry> records = [];
    private readonly List<(byte[] Key, byte[]? Value)> state = [];
    private readonly Dictionary<TopicPartition, long> offsets = [];
    private TopicLog? lastTopic;
    private long stateBytes;

    internal ByteWriter Bytes { get; } = new();

    internal IReadOnlyList<Entry> Records => records;

    internal IReadOnlyList<(byte[] Key, byte[]? Value)> State => state;

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

    internal void Put(byte[] key, byte[]? value)
    {
        state.Add((key, value));
        stateBytes += key.Length + (value?.Length ?? 0);
        CheckSize();
    }

    internal void Commit(TopicPartition partition, long nextOffset) => offsets[partition] = nextOffset;

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
        if (Bytes.Length + stateBytes > StepBytesMax)
            throw new InvalidOperationException($"a step holds more than {StepBytesMax} bytes: finish it earlier");
    }

    internal readonly record struct Entry(TopicLog Topic, PartitionLog Partition, int Start, int Length);
}
