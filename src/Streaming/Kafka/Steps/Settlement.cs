using Tppo.Streaming.Log;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>How a transaction was meant to end, and what is seen of that on its partitions.</summary>
/// <param name="Meant">Committed: its commit was answered. Aborted: none was asked for, or an abort was answered. Unknown: neither.</param>
/// <param name="Hanging">Partitions on which its end is missing.</param>
/// <param name="OffsetsStand">Whether the offsets that went with it can be read.</param>
/// <param name="SomeStand">Whether a record of it is seen to be committed on a partition that has its end.</param>
internal readonly record struct Evidence(StepOutcome Meant, int Hanging, bool OffsetsStand, bool SomeStand);

/// <summary>What is to be done about a transaction.</summary>
internal enum Verdict
{
    /// <summary>It is decided everywhere.</summary>
    Settled,

    /// <summary>What hangs is to end committed, by a transaction of seals.</summary>
    SealCommitted,

    /// <summary>What hangs is to end aborted, by a transaction of seals.</summary>
    SealAborted,
}

/// <summary>
/// Decides how a transaction ends whose markers a broker may have lost: answered commits stay, what nobody answered is told by what
/// stands of it already, and where nothing does it is taken back.
/// </summary>
internal static class Settlement
{
    /// <summary>What is to be done.</summary>
    internal static Verdict Decide(Evidence seen) => seen switch
    {
        { Hanging: 0, OffsetsStand: true } => Verdict.Settled,
        { Meant: StepOutcome.Committed } => Verdict.SealCommitted,
        { Meant: StepOutcome.Unknown, SomeStand: true } => Verdict.SealCommitted,
        _ => Verdict.SealAborted,
    };

    /// <summary>How the transaction stands after its seals were written, or could not be.</summary>
    /// <param name="meant">How it was meant to end before.</param>
    /// <param name="verdict">What was to be done.</param>
    /// <param name="written">Whether the seals were.</param>
    internal static StepOutcome AfterSeals(StepOutcome meant, Verdict verdict, bool written) => (verdict, written) switch
    {
        (Verdict.SealCommitted, true) => StepOutcome.Committed,
        (Verdict.SealAborted, true) => StepOutcome.Aborted,

        // The seals' own commit may have been cut off: what it was to bring is decided with it, and nobody can tell how.
        (Verdict.SealCommitted, false) => StepOutcome.Unknown,
        _ => meant,
    };

    /// <summary>How a step ends whose producer failed for good.</summary>
    /// <param name="meant">How its transaction was meant to end by then.</param>
    internal static StepOutcome AfterFailure(StepOutcome meant) =>

        // Where no commit was asked for, none can have happened.
        meant == StepOutcome.Aborted ? StepOutcome.Aborted : StepOutcome.Unknown;
}
