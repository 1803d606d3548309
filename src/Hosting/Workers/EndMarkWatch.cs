using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Hosting.Workers;

/// <summary>Tells when a stage has ended on every partition of a topic, by reading each record once. For one thread.</summary>
/// <param name="log">The log.</param>
/// <param name="topic">The topic.</param>
public sealed class EndMarkWatch(IEventLog log, string topic)
{
    private readonly long[] read = new long[log.Partitions(topic)];
    private readonly Dictionary<string, long[]> ends = [];

    /// <summary>Reads on. Gives stages of which some partition has a mark that was not there before.</summary>
    public void Refresh()
    {
        for (var p = 0; p < read.Length; p++)
        {
            foreach (var record in log.Read(new TopicPartition(topic, p), read[p]))
            {
                read[p] = record.Offset + 1;
                if (!EndMark.Is(record, out var stage)) continue;
                if (!ends.TryGetValue(stage, out var marks)) ends[stage] = marks = [.. Enumerable.Repeat(-1L, read.Length)];
                marks[p] = record.Offset;
            }
        }
    }

    /// <summary>Stages that have ended on every partition, with the offset of the mark on each.</summary>
    public IEnumerable<(string Stage, IReadOnlyList<long> Marks)> Ended() =>
        ends.Where(e => e.Value.All(m => m >= 0)).Select(e => (e.Key, (IReadOnlyList<long>)e.Value));

    /// <summary>The offset of a stage's mark on each partition; null where it has not ended everywhere.</summary>
    public IReadOnlyList<long>? MarksOf(string stage) => ends.TryGetValue(stage, out var marks) && marks.All(m => m >= 0) ? marks : null;
}
