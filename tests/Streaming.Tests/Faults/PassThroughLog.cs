using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Tests;

/// <summary>Hands everything on to a good log; planted faults override what they break.</summary>
internal class PassThroughLog(IEventLog good) : IEventLog
{
    protected IEventLog Good => good;

    public long Commits => good.Commits;

    public int Partitions(string topic) => good.Partitions(topic);

    public bool WaitForCommit(long seen, TimeSpan timeout, CancellationToken ct) => good.WaitForCommit(seen, timeout, ct);

    public virtual void Append(IReadOnlyList<OutgoingRecord> records) => good.Append(records);

    public virtual IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null) => good.Read(partition, from, toExclusive);

    public (long Start, long End) Bounds(TopicPartition partition) => good.Bounds(partition);

    public long OffsetAt(TopicPartition partition, DateTimeOffset appendedAtOrAfter) => good.OffsetAt(partition, appendedAtOrAfter);

    public IConsumer Join(string group, string member, IReadOnlyList<string> topics, IRebalanceListener? listener = null) =>
        Wrap(good.Join(group, member, topics, listener));

    public IReadOnlyDictionary<TopicPartition, long> Committed(string group) => good.Committed(group);

    public void EnforceRetention() => good.EnforceRetention();

    public void Dispose() => good.Dispose();

    protected virtual IConsumer Wrap(IConsumer consumer) => consumer;
}
