using System.Diagnostics;
using Tppo.Core.Log;
using Tppo.Streaming.Records;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>Watches what a member is given: whether numbers of a sequence are missing or doubled, and how far behind it is.</summary>
internal sealed class MemberWatch(string group, ILogObserver observer)
{
    private static readonly TimeSpan LagEvery = TimeSpan.FromSeconds(1);
    private readonly Dictionary<string, SequenceAudit> audits = [];
    private long lagTold;

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
    internal void TellLag(Kafka.IConsumer<string?, byte[]?> client, IReadOnlyList<PartitionQueue> queues)
    {
        if (Stopwatch.GetElapsedTime(lagTold) < LagEvery) return;
        lagTold = Stopwatch.GetTimestamp();
        var ages = new Dictionary<string, TimeSpan>();
        foreach (var queue in queues)
        {
            var records = Math.Max(0, client.GetWatermarkOffsets(queue.Kafka).High.Value - queue.Position);
            observer.Lag(group, queue.Id, records);
            var age = records > 0 && queue.UnreadSince is { } since ? DateTimeOffset.UtcNow - since : TimeSpan.Zero;
            if (age >= ages.GetValueOrDefault(queue.Id.Topic)) ages[queue.Id.Topic] = age;
        }

        foreach (var (topic, age) in ages) observer.Age(group, topic, age);
    }
}
