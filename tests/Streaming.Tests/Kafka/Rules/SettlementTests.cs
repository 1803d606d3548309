using Tppo.Streaming.Kafka.Steps;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Tests.Rules;

/// <summary>How a transaction ends whose markers a broker may have lost, case by case.</summary>
public class SettlementTests
{
    public static TheoryData<StepOutcome, int, bool, bool, string> Cases => new()
    {
        // All partitions have its end, and its offsets can be read: nothing is left to do, however it was meant.
        { StepOutcome.Committed, 0, true, true, nameof(Verdict.Settled) },
        { StepOutcome.Committed, 0, true, false, nameof(Verdict.Settled) },
        { StepOutcome.Aborted, 0, true, false, nameof(Verdict.Settled) },
        { StepOutcome.Unknown, 0, true, true, nameof(Verdict.Settled) },
        { StepOutcome.Unknown, 0, true, false, nameof(Verdict.Settled) },

        // Its records stand and its offsets do not: the seals must bring them.
        { StepOutcome.Committed, 0, false, true, nameof(Verdict.SealCommitted) },
        { StepOutcome.Unknown, 0, false, true, nameof(Verdict.SealCommitted) },

        // An answered commit stays, whatever is seen of it.
        { StepOutcome.Committed, 1, true, false, nameof(Verdict.SealCommitted) },
        { StepOutcome.Committed, 4, false, false, nameof(Verdict.SealCommitted) },
        { StepOutcome.Committed, 2, true, true, nameof(Verdict.SealCommitted) },

        // Nobody answered: a record that stands committed tells that it was; where none does it is taken back.
        { StepOutcome.Unknown, 1, true, true, nameof(Verdict.SealCommitted) },
        { StepOutcome.Unknown, 3, false, true, nameof(Verdict.SealCommitted) },
        { StepOutcome.Unknown, 1, true, false, nameof(Verdict.SealAborted) },
        { StepOutcome.Unknown, 3, false, false, nameof(Verdict.SealAborted) },
        { StepOutcome.Unknown, 0, false, false, nameof(Verdict.SealAborted) },

        // No commit was asked for: what hangs is taken back.
        { StepOutcome.Aborted, 1, true, false, nameof(Verdict.SealAborted) },
        { StepOutcome.Aborted, 2, false, false, nameof(Verdict.SealAborted) },
        { StepOutcome.Aborted, 0, false, false, nameof(Verdict.SealAborted) },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void What_is_seen_tells_what_is_to_be_done(StepOutcome meant, int hanging, bool offsetsStand, bool someStand, string expected) =>
        Assert.Equal(expected, Settlement.Decide(new Evidence(meant, hanging, offsetsStand, someStand)).ToString());

    [Theory]
    [InlineData(StepOutcome.Committed, nameof(Verdict.SealCommitted), true, StepOutcome.Committed)]
    [InlineData(StepOutcome.Unknown, nameof(Verdict.SealCommitted), true, StepOutcome.Committed)]
    [InlineData(StepOutcome.Unknown, nameof(Verdict.SealAborted), true, StepOutcome.Aborted)]
    [InlineData(StepOutcome.Aborted, nameof(Verdict.SealAborted), true, StepOutcome.Aborted)]
    [InlineData(StepOutcome.Committed, nameof(Verdict.SealCommitted), false, StepOutcome.Unknown)]
    [InlineData(StepOutcome.Unknown, nameof(Verdict.SealCommitted), false, StepOutcome.Unknown)]
    [InlineData(StepOutcome.Unknown, nameof(Verdict.SealAborted), false, StepOutcome.Unknown)]
    [InlineData(StepOutcome.Aborted, nameof(Verdict.SealAborted), false, StepOutcome.Aborted)]
    [InlineData(StepOutcome.Committed, nameof(Verdict.Settled), false, StepOutcome.Committed)]
    [InlineData(StepOutcome.Aborted, nameof(Verdict.Settled), false, StepOutcome.Aborted)]
    public void Seals_decide_it_and_seals_that_were_cut_off_leave_a_commit_unknown(StepOutcome meant, string verdict, bool written, StepOutcome expected) =>
        Assert.Equal(expected, Settlement.AfterSeals(meant, Enum.Parse<Verdict>(verdict), written));

    [Theory]
    [InlineData(StepOutcome.Aborted, StepOutcome.Aborted)]
    [InlineData(StepOutcome.Unknown, StepOutcome.Unknown)]
    [InlineData(StepOutcome.Committed, StepOutcome.Unknown)]
    public void Where_no_commit_was_asked_for_none_has_happened(StepOutcome meant, StepOutcome expected) =>
        Assert.Equal(expected, Settlement.AfterFailure(meant));

    [Fact]
    public void A_commit_is_never_taken_back_and_an_abort_is_never_made_a_commit()
    {
        foreach (var hanging in new[] { 0, 1, 7 })
        {
            foreach (var (offsets, some) in new[] { (false, false), (false, true), (true, false), (true, true) })
            {
                Assert.NotEqual(Verdict.SealAborted, Settlement.Decide(new Evidence(StepOutcome.Committed, hanging, offsets, some)));
                Assert.NotEqual(Verdict.SealCommitted, Settlement.Decide(new Evidence(StepOutcome.Aborted, hanging, offsets, some)));
            }
        }
    }
}
