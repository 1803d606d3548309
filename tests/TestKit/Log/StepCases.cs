using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>Outputs, state and offsets of a step: all or none.</summary>
internal static class StepCases
{
    private static readonly TopicPartition Search0 = new(Topics.Search, 0);

    internal static IEnumerable<ContractCase> All =>
    [
        ContractCase.Of(Nothing_of_a_step_is_seen_before_it_finishes_and_all_of_it_after),
        ContractCase.Of(An_aborted_step_leaves_nothing),
        ContractCase.Of(Disposing_an_open_step_aborts_it),
        ContractCase.Of(Readers_never_see_a_part_of_a_step),
        ContractCase.Of(Outputs_of_a_step_keep_their_order_per_partition),
        ContractCase.Of(A_second_step_cannot_be_begun_while_one_is_open),
        ContractCase.Of(A_step_that_has_ended_takes_nothing_more),
        ContractCase.Of(A_step_takes_only_partitions_that_its_member_owns),
        ContractCase.Of(Outputs_state_and_offsets_are_there_after_reopening, LogFeatures.Reopen),
    ];

    private static void Nothing_of_a_step_is_seen_before_it_finishes_and_all_of_it_after(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 1);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Drain();
        using var step = Fill(consumer);
        Expect(log, consumer, written: false, "before Finish");
        Check.Equal(StepOutcome.Committed, step.Finish(), "outcome");
        Expect(log, consumer, written: true, "after Finish");
    }

    private static void An_aborted_step_leaves_nothing(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 1);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Drain();
        using (var step = Fill(consumer)) step.Abort();
        Expect(log, consumer, written: false, "after Abort");
        consumer.Rewind();
        Check.Equal(1, consumer.Drain().Count, "records after the rewind");
    }

    private static void Disposing_an_open_step_aborts_it(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 1);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Drain();
        Fill(consumer).Dispose();
        Expect(log, consumer, written: false, "after Dispose");
        consumer.Begin().Dispose();
    }

    private static void Readers_never_see_a_part_of_a_step(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
        var done = false;
        var torn = 0;
        var reader = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
            {
                if (log.Texts(Topics.Timeline, 1).Length % 20 != 0) torn++;
            }
        });
        reader.Start();
        for (var i = 0; i < 100; i++)
        {
            using var step = consumer.Begin();
            for (var n = 0; n < 20; n++) step.Append(LogTools.Record(Topics.Timeline, "x", 1));
            step.Finish();
        }

        Volatile.Write(ref done, true);
        reader.Join();
        Check.Equal(0, torn, "reads that saw a part of a step");
        Check.Equal(2000, log.Texts(Topics.Timeline, 1).Length, "records in the end");
    }

    private static void Outputs_of_a_step_keep_their_order_per_partition(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
        using var step = consumer.Begin();
        for (var n = 0; n < 300; n++) step.Append(LogTools.Record(n % 2 == 0 ? Topics.Timeline : Topics.Late, LogTools.Number(n), n % 3));
        step.Finish();
        for (var p = 0; p < 3; p++)
        {
            Check.Sequence(LogTools.Numbers(300).Where((_, n) => n % 2 == 0 && n % 3 == p), log.Texts(Topics.Timeline, p), $"timeline/{p}");
            Check.Sequence(LogTools.Numbers(300).Where((_, n) => n % 2 == 1 && n % 3 == p), log.Texts(Topics.Late, p), $"late/{p}");
        }
    }

    private static void A_second_step_cannot_be_begun_while_one_is_open(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
        using (consumer.Begin())
        {
            Check.Throws<InvalidOperationException>(() => consumer.Begin(), "Begin within a step");
            Check.Throws<InvalidOperationException>(() => consumer.Poll(1, TimeSpan.Zero, CancellationToken.None), "Poll within a step");
            Check.Throws<InvalidOperationException>(consumer.Rewind, "Rewind within a step");
        }

        consumer.Begin().Dispose();
    }

    private static void A_step_that_has_ended_takes_nothing_more(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
        using var step = consumer.Begin();
        step.Finish();
        Check.Throws<InvalidOperationException>(() => step.Append(LogTools.Record(Topics.Timeline, "x")), "Append");
        Check.Throws<InvalidOperationException>(() => step.Finish(), "Finish");
        Check.Throws<InvalidOperationException>(() => step.Put(0, "k", default), "Put");
        Check.Equal(0, log.AllTexts(Topics.Timeline).Length, "records");
    }

    private static void A_step_takes_only_partitions_that_its_member_owns(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var consumer = log.Join("g", "a", [Topics.Search]);
        consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
        using var step = consumer.Begin();
        Check.Throws<ArgumentException>(() => step.Commit(new TopicPartition(Topics.Click, 0), 1), "an offset of a topic that is not read");
        Check.Throws<ArgumentException>(() => step.Put(4, "k", default), "state of a partition that is not there");
        Check.Throws<ArgumentException>(() => step.Append(LogTools.Record(Topics.Timeline, "x", 9)), "an output to a partition that is not there");
    }

    private static void Outputs_state_and_offsets_are_there_after_reopening(ILogFactory factory)
    {
        var setup = new LogSetup();
        using (var log = factory.Open(setup))
        {
            log.AppendNumbers(Topics.Search, 0, 10);
            using var consumer = log.Join("copier", "a", [Topics.Search]);
            consumer.Copy(Topics.Search, Topics.Timeline);
        }

        using var again = factory.Open(setup);
        using var resumed = again.Join("copier", "a", [Topics.Search]);
        Check.Equal(0, resumed.Drain().Count, "records that are read again");
        Check.Equal(10, resumed.State.Copied(0), "the count in the state");
        again.AppendNumbers(Topics.Search, 0, 5, first: 10);
        resumed.Copy(Topics.Search, Topics.Timeline);
        Check.Sequence(LogTools.Numbers(15), again.Texts(Topics.Timeline, 0), "the copy");
        Check.Equal(15, resumed.State.Copied(0), "the count in the end");
    }

    private static IStep Fill(IConsumer consumer)
    {
        var step = consumer.Begin();
        step.Append(LogTools.Record(Topics.Timeline, "out", 0));
        step.Append(LogTools.Record(Topics.Windows, "out", 3));
        step.Put(0, "k", "v"u8.ToArray());
        step.Commit(Search0, consumer.Position(Search0));
        return step;
    }

    private static void Expect(IEventLog log, IConsumer consumer, bool written, string when)
    {
        var count = written ? 1 : 0;
        Check.Equal(count, log.Texts(Topics.Timeline, 0).Length, $"timeline {when}");
        Check.Equal(count, log.Texts(Topics.Windows, 3).Length, $"windows {when}");
        Check.Equal(written, consumer.State.Get(0, "k") is not null, $"state {when}");
        Check.Equal(count, log.Committed("g").Count, $"committed offsets {when}");
        if (written) Check.Equal(consumer.Position(Search0), log.Committed("g")[Search0], $"offset {when}");
    }
}
