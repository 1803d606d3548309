using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>For tests: writes as the writer behind it does, and fails before or after it where the plan says so.</summary>
internal sealed class FaultyStepWriter(IStepWriter writer, FaultPlan plan) : IStepWriter
{
    public StepOutcome Write(StepBuffer step, string group)
    {
        var fault = plan.Next(group);
        switch (fault)
        {
            case FaultMark.AbortBeforeWrite: return StepOutcome.Aborted;
            case FaultMark.UnknownBeforeWrite: return StepOutcome.Unknown;
            case FaultMark.CrashBeforeWrite: throw new InjectedCrashException("crash before the write");
        }

        var outcome = writer.Write(step, group);
        return fault switch
        {
            FaultMark.CrashAfterWrite => throw new InjectedCrashException("crash after the write"),
            FaultMark.UnknownAfterWrite => StepOutcome.Unknown,
            _ => outcome,
        };
    }
}
