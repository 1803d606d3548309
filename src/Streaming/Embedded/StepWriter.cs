using System.Buffers.Binary;
using System.Text;
using RocksDbSharp;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// The one writer: gives records their offsets and times, puts all of a step into one write batch, and publishes it. Who holds
/// <see cref="Gate"/> decides alone, so that a fence that was checked under it still holds when the batch is written.
/// </summary>
internal sealed class StepWriter(Database database, TopicTable topics, CommitSignal signal, EmbeddedOptions options) : IStepWriter, IDisposable
{
    private const int BatchBytesKept = 16 << 20;

    private readonly List<PartitionLog> touched = [];
    private WriteBatch batch = new();

    internal Lock Gate { get; } = new();

    /// <inheritdoc/>
    public StepOutcome Write(StepBuffer step, string group)
    {
        Append(step, group);
        return StepOutcome.Committed;
    }

    /// <summary>Gate held: all of the step takes effect when this returns, none of it when it throws.</summary>
    internal void Append(StepBuffer step, string? group = null)
    {
        if (step.IsEmpty) return;
        database.Enter();
        try
        {
            var bytesBefore = step.Bytes.Length;
            var now = options.Clock.GetUtcNow().ToUnixTimeMilliseconds();
            AddRecords(step, now);
            AddState(step, group);
            database.Write(batch);
            Publish(step, group, now);
            if (bytesBefore > BatchBytesKept) RenewBatch();
        }
        finally
        {
            foreach (var partition in touched) partition.Touched = false;
            touched.Clear();
            batch.Clear();
            database.Exit();
        }

        signal.Commit();
    }

    /// <summary>Gate held: writes a batch of deletions together with the bounds that it leaves. Counts as no commit: nobody wrote.</summary>
    internal void WriteBounds(WriteBatch deletions, PartitionLog partition, long start, long compactedTo)
    {
        Span<byte> key = stackalloc byte[RowKeys.PartitionBytes];
        Span<byte> bounds = stackalloc byte[PartitionLog.StoredBytes];
        RowKeys.Partition(key, partition.TopicId, partition.Id.Partition);
        PartitionLog.Store(bounds, start, partition.End, partition.LastTimestamp, compactedTo);
        deletions.Put(key, bounds, database.Bounds);
        database.Enter();
        try
        {
            database.Write(deletions);
        }
        finally
        {
            database.Exit();
        }

        lock (topics.Publishing) partition.Start = start;
        partition.CompactedTo = compactedTo;
    }

    public void Dispose() => batch.Dispose();

    private void AddRecords(StepBuffer step, long now)
    {
        Span<byte> key = stackalloc byte[RowKeys.RecordBytes];
        var records = step.Records;
        for (var i = 0; i < records.Count; i++)
        {
            var (topic, partition, start, length) = records[i];
            if (!partition.Touched) Touch(topic, partition);
            if (options.OffsetHoleEvery > 0 && (partition.Next + 1) % (options.OffsetHoleEvery + 1) == 0) partition.Next++;
            RowKeys.Record(key, partition.TopicId, partition.Id.Partition, partition.Next++);
            var stored = step.Bytes.Written(start, length);
            RecordFormat.Stamp(stored, Math.Max(now, partition.LastTimestamp));
            batch.Put(key, stored, database.Records);
        }

        Span<byte> bounds = stackalloc byte[PartitionLog.StoredBytes];
        foreach (var partition in touched)
        {
            RowKeys.Partition(key, partition.TopicId, partition.Id.Partition);
            PartitionLog.Store(bounds, partition.Start, partition.Next, Math.Max(now, partition.LastTimestamp), partition.CompactedTo);
            batch.Put(key[..RowKeys.PartitionBytes], bounds, database.Bounds);
        }
    }

    private void Touch(TopicLog topic, PartitionLog partition)
    {
        partition.Touched = true;
        partition.Next = partition.End;
        touched.Add(partition);
        if (topic.Stored) return;
        Span<byte> id = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(id, topic.Id);
        batch.Put(Encoding.UTF8.GetBytes(topic.Spec.Name), id, database.Topics);
    }

    private void AddState(StepBuffer step, string? group)
    {
        foreach (var (start, keyLength, valueLength) in step.State)
        {
            ReadOnlySpan<byte> key = step.Bytes.Written(start, keyLength);
            if (valueLength is not { } length) batch.Delete(key, database.State);
            else batch.Put(key, step.Bytes.Written(start + keyLength, length), database.State);
        }

        Span<byte> offset = stackalloc byte[8];
        foreach (var (partition, next) in step.Offsets)
        {
            BinaryPrimitives.WriteInt64BigEndian(offset, next);
            batch.Put(RowKeys.Offset(group!, partition), offset, database.Offsets);
        }
    }

    private void Publish(StepBuffer step, string? group, long now)
    {
        lock (topics.Publishing)
        {
            foreach (var partition in touched)
            {
                partition.End = partition.Next;
                partition.LastTimestamp = Math.Max(now, partition.LastTimestamp);
            }

            if (group is not null && step.Offsets.Count > 0) topics.SetCommitted(group, step.Offsets);
        }

        foreach (var entry in step.Records) entry.Topic.Stored = true;
    }

    private void RenewBatch()
    {
        batch.Dispose();
        batch = new WriteBatch();
    }
}
