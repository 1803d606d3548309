using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Settings;
using Tppo.Facts.Models;
using Tppo.Streaming.Log;

namespace Tppo.Facts.Cuts;

/// <summary>The cut of a step: the recorded one where there is one, else one that is written before the step is taken.</summary>
public sealed class StepCuts(IEventLog log, RunSettings settings, ModelLog models)
{
    /// <summary>The cut of a step over ranges that are asked for where there is none.</summary>
    public Cut Over(StepId step, Func<IEnumerable<OffsetRange>> ranges, string rewardModel = "", string referencePolicy = "")
    {
        if (models.Cut(step) is { } recorded) return recorded;
        var cut = Builder(step, rewardModel, referencePolicy).Over(log, ranges());
        models.Write(cut);
        return cut;
    }

    /// <summary>The cut of a step with its records, each of which is read once.</summary>
    public CutRecords With(StepId step, Func<IEnumerable<RangeRecords>> records, string rewardModel, string referencePolicy)
    {
        if (models.Cut(step) is { } recorded) return CutRecords.Read(log, recorded);
        var cut = Builder(step, rewardModel, referencePolicy).With(records());
        models.Write(cut.Cut);
        return cut;
    }

    private CutBuilder Builder(StepId step, string rewardModel, string referencePolicy) =>
        new(settings, step) { RewardModel = rewardModel, ReferencePolicy = referencePolicy };
}
