namespace Tppo.Streaming.Log;

/// <summary>How a step ended.</summary>
public enum StepOutcome
{
    /// <summary>Outputs, state and offsets are in the log, all of them.</summary>
    Committed,

    /// <summary>None of them is.</summary>
    Aborted,

    /// <summary>All or none, and nobody can say which: only the committed offsets tell. Rewind, and go on from there.</summary>
    Unknown,
}
