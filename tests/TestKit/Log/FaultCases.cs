using Tppo.Core.Log;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>Whatever happens to a step, who rewinds has each input's effects exactly once.</summary>
internal static class FaultCases
{
    private const int InputsPerPartition = 30;

    internal static IEnumerable<ContractCase> All =>
    [
        ContractCase.Of(An_aborted_step_is_done_again_once, LogFeatures.Faults),
        ContractCase.Of(An_unknown_outcome_that_was_written_doubles_nothing, LogFeatures.Faults),
        ContractCase.Of(An_unknown_outcome_that_was_not_written_loses_nothing, LogFeatures.Faults),
        ContractCase.Of(Faults_in_a_row_neither_lose_nor_double, LogFeatures.Faults),
        ContractCase.Of(After_Aborted_and_Unknown_a_rewind_is_due, LogFeatures.Faults),
        ContractCase.Of(A_crash_in_a_step_neither_loses_nor_doubles, LogFeatures.Faults),
    ];

    private static void An_aborted_step_is_done_again_once(ILogFactory factory) =>
        CopyUnder(factory, Every(FaultMark.AbortBeforeWrite));

    private static void An_unknown_outcome_that_was_written_doubles_nothing(ILogFactory factory) =>
        CopyUnder(factory, Every(FaultMark.UnknownAfterWrite));

    private static void An_unknown_outcome_that_was_not_written_loses_nothing(ILogFactory factory) =>
        CopyUnder(factory, Every(FaultMark.UnknownBeforeWrite));

    private static void Faults_in_a_row_neither_lose_nor_double(ILogFactory factory) => CopyUnder(factory,
    [
        .. new[]
        {
            FaultMark.UnknownAfterWrite,
            FaultMark.AbortBeforeWrite,
            FaultMark.UnknownBeforeWrite,
            FaultMark.UnknownAfterWrite,
            FaultMark.UnknownAfterWrite,
            FaultMark.AbortBeforeWrite,
        }
            .Select((mark, step) => new StepFault("copier", step + 2, mark)),
    ]);

    private static void After_Aborted_and_Unknown_a_rewind_is_due(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup { Faults = [new("g", 0, FaultMark.AbortBeforeWrite), new("g", 1, FaultMark.UnknownAfterWrite)] });
        log.AppendNumbers(Topics.Search, 0, 1);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        foreach (var expected in new[] { StepOutcome.Aborted, StepOutcome.Unknown })
        {
            consumer.Drain();
            Check.Equal(expected, consumer.CommitPositions(), "outcome");
            Check.Throws<InvalidOperationException>(() => consumer.Poll(1, TimeSpan.Zero, CancellationToken.None), $"Poll after {expected}");
            Check.Throws<InvalidOperationException>(() => consumer.Begin(), $"Begin after {expected}");
            consumer.Rewind();
        }

        Check.Equal(0, consumer.Drain().Count, "records after the step that was written");
    }

    private static void A_crash_in_a_step_neither_loses_nor_doubles(ILogFactory factory)
    {
        StepFault[] crashes =
        [
            .. Enumerable.Range(0, 20).Select(i => new StepFault("copier", 1 + (2 * i), i % 2 == 0 ? FaultMark.CrashBeforeWrite : FaultMark.CrashAfterWrite)),
        ];
        using var log = factory.Open(new LogSetup { Faults = crashes });
        Fill(log);
        for (var life = 0; life <= crashes.Length; life++)
        {
            // A crashed process disposes nothing: its successor takes the member's name.
            var consumer = log.Join("copier", "a", [Topics.Search]);
            try
            {
                consumer.Copy(Topics.Search, Topics.Timeline);
                ExpectCopy(log, consumer);
                consumer.Dispose();
                return;
            }
            catch (InjectedCrashException)
            {
                Check.True(life < crashes.Length, "no more crashes than planned");
            }
        }

        throw new ContractBrokenException("the copy did not come to its end");
    }

    private static void CopyUnder(ILogFactory factory, StepFault[] faults)
    {
        using var log = factory.Open(new LogSetup { Faults = faults, OffsetHoleEvery = factory.Features.HasFlag(LogFeatures.Holes) ? 5 : 0 });
        Fill(log);
        using var consumer = log.Join("copier", "a", [Topics.Search]);
        consumer.Copy(Topics.Search, Topics.Timeline, recordsAStep: 7);
        ExpectCopy(log, consumer);
    }

    private static void Fill(IEventLog log)
    {
        for (var p = 0; p < 4; p++) log.AppendNumbers(Topics.Search, p, InputsPerPartition, first: 1000 * p);
    }

    private static void ExpectCopy(IEventLog log, IConsumer consumer)
    {
        for (var p = 0; p < 4; p++)
        {
            Check.Sequence(LogTools.Numbers(InputsPerPartition, 1000 * p), log.Texts(Topics.Timeline, p), $"the copy of partition {p}");
            Check.Equal(InputsPerPartition, consumer.State.Copied(p), $"the count of partition {p}");
            var partition = new TopicPartition(Topics.Search, p);
            Check.Equal(0, log.Read(partition, log.Committed("copier")[partition]).Count(), $"records behind the offset of partition {p}");
            Check.Equal(InputsPerPartition, log.Read(partition, 0, log.Committed("copier")[partition]).Count(), $"records before the offset of partition {p}");
        }
    }

    /// <summary>Strikes steps 1, 4, 7, … so that each fault is followed by steps that go well.</summary>
    private static StepFault[] Every(FaultMark mark) => [.. Enumerable.Range(0, 10).Select(i => new StepFault("copier", 1 + (3 * i), mark))];
}
