using Tppo.Core.Log;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>A log around another: a place for tests to interfere. Does not own it.</summary>
public abstract class LogAround(IEventLog inner) : IEventLog
{
    public virtual long Commits => inner.Commits;

    public int Partitions(string topic) => inner.Partitions(topic);

    public bool WaitForCommit(long seen, TimeSpan timeout, CancellationToken ct) => inner.WaitForCommit(seen, timeout, ct);

    public virtual void Append(IReadOnlyList<OutgoingRecord> records) => inner.Append(records);

    public virtual IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null) => inner.Read(partition, from, toExclusive);

    public (long Start, long End) Bounds(TopicPartition partition) => inner.Bounds(partition);

    public long OffsetAt(TopicPartition partition, DateTimeOffset appendedAtOrAfter) => inner.OffsetAt(partition, appendedAtOrAfter);

    public virtual IConsumer Join(string group, string member, IReadOnlyList<string> topics, IRebalanceListener? listener = null) =>
        inner.Join(group, member, topics, listener);

    public IReadOnlyDictionary<TopicPartition, long> Committed(string group) => inner.Committed(group);

    public void EnforceRetention() => inner.EnforceRetention();

    public void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Dies at one of its appends: after it was written, or just before. Those count that hold a record of a kind; by default all.</summary>
public sealed class MortalLog(IEventLog inner, int appendsALife, bool written, Func<OutgoingRecord, bool>? counts = null) : LogAround(inner)
{
    private int appends;

    public override void Append(IReadOnlyList<OutgoingRecord> records)
    {
        if (records.Count == 0) return;
        if (counts is not null && !records.Any(counts))
        {
            base.Append(records);
            return;
        }

        var last = ++appends == appendsALife;
        if (last && !written) throw new InjectedCrashException("died before an append");
        base.Append(records);
        if (last) throw new InjectedCrashException("died after an append");
    }
}

/// <summary>Shows some records otherwise than they were written, as a damaged disk would.</summary>
public sealed class DamagedLog(IEventLog inner, Func<LogRecord, bool> which) : LogAround(inner)
{
    public override IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null) =>
        base.Read(partition, from, toExclusive).Select(r => which(r) ? r with { Value = Damaged(r.Value) } : r);

    private static byte[] Damaged(ReadOnlyMemory<byte> value)
    {
        var copy = value.ToArray();
        copy[copy.Length / 2] ^= 1;
        return copy;
    }
}
