using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Hosting.Rollouts;

/// <summary>Where on <c>rollouts.v1</c> the rollouts of each step lie, by reading each record once. For one thread.</summary>
/// <param name="log">The log.</param>
public sealed class RolloutIndex(IEventLog log)
{
    private readonly long[] read = new long[log.Partitions(Topics.Rollouts)];
    private readonly Dictionary<string, Dictionary<int, (long From, long To)>> steps = [];

    /// <summary>Reads on.</summary>
    public void Refresh()
    {
        for (var p = 0; p < read.Length; p++)
        {
            foreach (var record in log.Read(new TopicPartition(Topics.Rollouts, p), read[p]))
            {
                read[p] = record.Offset + 1;
                if (record.Header(HeaderNames.Step) is not { } step) continue;
                if (!steps.TryGetValue(step, out var ranges)) steps[step] = ranges = [];
                ranges[p] = (ranges.TryGetValue(p, out var range) ? range.From : record.Offset, record.Offset + 1);
            }
        }
    }

    /// <summary>The ranges of a step's rollouts; null where none were sampled yet. A step's rollouts are appended all at once.</summary>
    public IReadOnlyList<(TopicPartition Partition, long From, long To)>? Ranges(string step) => steps.TryGetValue(step, out var ranges)
        ? [.. ranges.OrderBy(r => r.Key).Select(r => (new TopicPartition(Topics.Rollouts, r.Key), r.Value.From, r.Value.To))]
        : null;
}
