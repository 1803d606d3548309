using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Ends;

/// <summary>Tells when a stage has ended on every partition of a topic, by reading each record once. For one thread.</summary>
/// <param name="log">The log.</param>
/// <param name="topic">The topic.</param>
public sealed class EndMarkWatch(IEventLog log, string topic)
{
    private readonly TopicTail tail = new(log, topic);
    private readonly Dictionary<string, long[]> ends = [];

    /// <summary>How far it has read.</summary>
    public IReadOnlyList<TopicTail> Tails => [tail];

    /// <summary>Reads on.</summary>
    public void Refresh()
    {
        foreach (var record in tail.Read())
        {
            if (!EndMark.Is(record, out var stage)) continue;
            if (!ends.TryGetValue(stage, out var marks)) ends[stage] = marks = [.. Enumerable.Repeat(-1L, tail.Partitions)];
            marks[record.Partition] = record.Offset;
        }
    }

    /// <summary>The first stage that has ended on every partition, with what lies before its marks; null where there is none.</summary>
    public IReadOnlyList<OffsetRange>? FirstEnded() => ends.Where(e => HasEnded(e.Value)).Select(e => Before(e.Value)).FirstOrDefault();

    /// <summary>What lies before a stage's marks on each partition; null where it has not ended everywhere.</summary>
    public IReadOnlyList<OffsetRange>? Before(string stage) => ends.TryGetValue(stage, out var marks) && HasEnded(marks) ? Before(marks) : null;

    private static bool HasEnded(long[] marks) => Array.TrueForAll(marks, m => m >= 0);

    private IReadOnlyList<OffsetRange> Before(long[] marks) =>
        [.. marks.Select((mark, p) => new OffsetRange(new TopicPartition(topic, p), 0, mark))];
}
