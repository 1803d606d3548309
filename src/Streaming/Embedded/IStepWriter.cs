using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>Takes whole steps: the one writer, and in tests one that fails as planned.</summary>
internal interface IStepWriter
{
    /// <summary>Makes all of a group's step take effect, or none; called with the writer's gate held.</summary>
    StepOutcome Write(StepBuffer step, string group);
}
