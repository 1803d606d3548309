using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Facts.Cuts;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Rollouts;

/// <summary>
/// Where on <c>rollouts.v1</c> the rollouts of each step lie, by reading each record once. Those of the newest update of a model are
/// kept until the next one's come, so that who cuts them need not read them again. For one thread.
/// </summary>
/// <param name="log">The log.</param>
public sealed class RolloutIndex(IEventLog log)
{
    private readonly TopicTail tail = new(log, Topics.Rollouts);
    private readonly Dictionary<StepId, SortedDictionary<int, (long From, long To)>> steps = [];
    private readonly Dictionary<string, (StepId Step, List<LogRecord> Records)> newest = [];

    /// <summary>Reads on.</summary>
    public void Refresh()
    {
        foreach (var record in tail.Read())
        {
            if (!StepId.TryParse(record.Header(HeaderNames.Step), out var step)) continue;
            if (!steps.TryGetValue(step, out var ranges)) steps[step] = ranges = [];
            ranges[record.Partition] = (ranges.TryGetValue(record.Partition, out var range) ? range.From : record.Offset, record.Offset + 1);
            if (record.Header(HeaderNames.Purpose) == Purposes.Update) Keep(step, record);
        }
    }

    /// <summary>A step's rollouts; null where none were sampled yet. A step's rollouts are appended all at once.</summary>
    public IReadOnlyList<RangeRecords>? Find(StepId step)
    {
        if (!steps.TryGetValue(step, out var ranges)) return null;
        var kept = newest.TryGetValue(step.Model, out var latest) && latest.Step == step ? latest.Records : null;
        return
        [
            .. ranges.Select(r => new OffsetRange(new TopicPartition(Topics.Rollouts, r.Key), r.Value.From, r.Value.To)).Select(range => new RangeRecords(
                range,
                kept is null ? [.. log.Read(range.Place, range.From, range.To)] : kept.FindAll(k => k.Partition == range.Place.Partition))),
        ];
    }

    private void Keep(StepId step, LogRecord record)
    {
        if (newest.TryGetValue(step.Model, out var latest) && latest.Step.Ordinal > step.Ordinal) return;
        if (latest.Step != step) newest[step.Model] = latest = (step, []);
        latest.Records.Add(record);
    }
}
