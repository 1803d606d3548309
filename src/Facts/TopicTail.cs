using Tppo.Core.Log;
using Tppo.Facts.Forms;
using Tppo.Streaming.Log;

namespace Tppo.Facts;

/// <summary>Reads a topic on from where it was: each record is given once, and none that is not one of ours. For one thread.</summary>
public sealed class TopicTail
{
    private readonly IEventLog log;
    private readonly long[] next;

    /// <summary>A tail that begins at the start of every partition.</summary>
    public TopicTail(IEventLog log, string topic) => (this.log, Topic, next) = (log, topic, new long[log.Partitions(topic)]);

    /// <summary>The topic.</summary>
    public string Topic { get; }

    /// <summary>How many partitions the topic has.</summary>
    public int Partitions => next.Length;

    /// <summary>A tail that begins at the ends as they are now.</summary>
    public static TopicTail AtEnd(IEventLog log, string topic)
    {
        var tail = new TopicTail(log, topic);
        for (var p = 0; p < tail.next.Length; p++) tail.next[p] = log.Bounds(new TopicPartition(topic, p)).End;
        return tail;
    }

    /// <summary>The offset on a partition from which it reads on. May be asked on any thread.</summary>
    public long Position(int partition) => Volatile.Read(ref next[partition]);

    /// <summary>What has come since, partition by partition. Whoever stops in the middle goes on there.</summary>
    public IEnumerable<LogRecord> Read() => Enumerable.Range(0, next.Length).SelectMany(Read);

    /// <summary>What has come since on one partition.</summary>
    public IEnumerable<LogRecord> Read(int partition)
    {
        foreach (var record in log.Read(new TopicPartition(Topic, partition), next[partition]))
        {
            Volatile.Write(ref next[partition], record.Offset + 1);
            if (RecordForm.Fault(record) is null) yield return record;
        }
    }
}
