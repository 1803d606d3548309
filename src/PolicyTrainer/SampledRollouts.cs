using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Rollouts;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Progress;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.PolicyTrainer;

/// <summary>The rollouts of a step: those on the log where there are any, else sampled and appended before anything acts on them.</summary>
internal sealed class SampledRollouts(IEventLog log)
{
    private readonly RolloutIndex index = new(log);

    /// <summary>A step's rollouts as they lie on the log.</summary>
    public IReadOnlyList<RangeRecords> Of(StepId step, Func<RolloutRow[]> sample, StageProgress stage)
    {
        index.Refresh();
        if (index.Find(step) is { } recorded) return recorded;
        var rows = sample();
        stage.Count(rows.Sum(r => r.ResponseIds.Length));
        Append(rows, step, Purposes.Update, []);
        index.Refresh();
        return index.Find(step)!;
    }

    /// <summary>Appends rollouts to be labelled, and with them says that these are all of their model.</summary>
    public void AppendLast(RolloutRow[] rows, StepId step) => Append(
        rows, step, Purposes.Label, Enumerable.Range(0, log.Partitions(Topics.Rollouts)).Select(p => EndMark.Of(step.Model, Topics.Rollouts, p)));

    private void Append(RolloutRow[] rows, StepId step, string purpose, IEnumerable<OutgoingRecord> marks)
    {
        log.Append([.. RowRecords.Rollouts(log, rows, step, purpose), .. marks]);
        TrainingInstruments.RolloutTokens.Inc(rows.Sum(r => r.ResponseIds.Length));
    }
}
