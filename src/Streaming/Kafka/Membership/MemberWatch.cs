using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.Streaming.Wire;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Membership;

/// <summary>Watches what a member is given: whether numbers of a sequence are missing or doubled, and how far behind it is.</summary>
internal sealed class MemberWatch(string group, ILogObserver observer, TimeProvider clock)
{
    private static readonly TimeSpan LagEvery = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, SequenceAudit> audits = [];
    private long? lagTold;

    /// <summary>Counts what is missing or doubled in records that are handed out.</summary>
    internal void Audit(List<LogRecord> records)
    {
        foreach (var record in records)
        {
            if (record.Header(HeaderNames.Sequence) is not { } number) continue;
            if (!audits.TryGetValue(record.Topic, out var audit)) audits[record.Topic] = audit = new SequenceAudit();
            var (missing, again) = audit.Take(record.Partition, number);
            if (missing > 0) observer.SequenceGap(record.Topic, missing);
            if (again) observer.SequenceDuplicate(record.Topic);
        }
    }

    /// <summary>These partitions will be read from another place.</summary>
    internal void Forget(IReadOnlyCollection<int> partitions)
    {
        foreach (var audit in audits.Values)
        {
            foreach (var partition in partitions) audit.Forget(partition);
        }
    }

    /// <summary>Tells, once a second, how many offsets lie between what was handed out and what brokers were last known to hold, and since when.</summary>
    /// <param name="queues">What was fetched of each partition.</param>
    /// <param name="end">What a broker was last known to hold of one, without asking: one past its last offset.</param>
    internal void TellLag(IReadOnlyList<PartitionQueue> queues, Func<Driver.TopicPartition, long> end)
    {
        if (lagTold is { } told && clock.GetElapsedTime(told) < LagEvery) return;
        lagTold = clock.GetTimestamp();
        var ages = new Dictionary<string, TimeSpan>();
        foreach (var queue in queues)
        {
            var records = Math.Max(0, end(queue.Place) - queue.Position);
            observer.Lag(group, queue.Id, records);
            var age = records > 0 && queue.UnreadSince is { } since ? clock.GetUtcNow() - since : TimeSpan.Zero;
            if (age >= ages.GetValueOrDefault(queue.Id.Topic)) ages[queue.Id.Topic] = age;
        }

        foreach (var (topic, age) in ages) observer.Age(group, topic, age);
    }
}
