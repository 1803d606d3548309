using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>Who owns what, and what goes with it.</summary>
internal static class GroupCases
{
    internal static IEnumerable<ContractCase> All =>
    [
        ContractCase.Of(A_group_without_offsets_reads_from_the_start),
        ContractCase.Of(A_group_resumes_at_its_committed_offsets),
        ContractCase.Of(Groups_do_not_disturb_each_other),
        ContractCase.Of(A_member_has_the_same_partition_of_all_topics),
        ContractCase.Of(Topics_of_unequal_partition_counts_are_refused),
        ContractCase.Of(Members_of_a_group_read_the_same_topics),
        ContractCase.Of(State_moves_with_its_partition_and_nothing_is_lost_or_doubled),
        ContractCase.Of(Who_leaves_hands_over_to_the_others),
        ContractCase.Of(More_members_than_partitions_leave_some_without),
        ContractCase.Of(A_member_that_lost_a_partition_within_a_step_is_fenced, LogFeatures.ImmediateRebalance),
        ContractCase.Of(A_new_holder_of_a_name_fences_the_earlier_one, LogFeatures.FencingByName),
    ];

    private static void A_group_without_offsets_reads_from_the_start(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 5);
        using var consumer = log.Join("g", "a", [Topics.Search]);
        Check.True(!consumer.AtEnd, "not at the end before the first assignment");
        Check.Sequence(LogTools.Numbers(5), consumer.Drain().Select(r => r.Text()), "texts");
        Check.True(consumer.AtEnd, "at the end after reading all");
        log.AppendNumbers(Topics.Search, 2, 1);
        Check.True(!consumer.AtEnd, "no more at the end after an append");
    }

    private static void A_group_resumes_at_its_committed_offsets(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 10);
        using (var consumer = log.Join("g", "a", [Topics.Search]))
        {
            consumer.Poll(4, TimeSpan.Zero, CancellationToken.None);
            Check.Equal(StepOutcome.Committed, consumer.CommitPositions(), "outcome");
            consumer.Poll(3, TimeSpan.Zero, CancellationToken.None);
        }

        using var resumed = log.Join("g", "b", [Topics.Search]);
        Check.Sequence(LogTools.Numbers(6, 4), resumed.Drain().Select(r => r.Text()), "after the last commit");
    }

    private static void Groups_do_not_disturb_each_other(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 3);
        using var first = log.Join("first", "a", [Topics.Search]);
        using var second = log.Join("second", "a", [Topics.Search]);
        Check.Equal(3, first.Drain().Count, "records of the first");
        first.CommitPositions();
        Check.Equal(3, second.Drain().Count, "records of the second");
        Check.Equal(0, log.Committed("second").Count, "offsets of the second");
    }

    private static void A_member_has_the_same_partition_of_all_topics(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var a = log.Join("g", "a", LogTools.EventTopics);
        using var b = log.Join("g", "b", LogTools.EventTopics);
        using var c = log.Join("g", "c", LogTools.EventTopics);
        IConsumer[] members = [a, b, c];
        Settle(members);
        Check.Sequence(
            ["0", "1", "2", "3"], members.SelectMany(m => m.Assignment.Select(p => p.Partition).Distinct()).Order().Select(LogTools.Number),
            "partitions dealt out");
        foreach (var member in members)
        {
            foreach (var partition in member.Assignment.GroupBy(p => p.Partition))
                Check.Sequence(LogTools.EventTopics.Order(), partition.Select(p => p.Topic).Order(), $"topics of partition {partition.Key}");
        }
    }

    private static void Topics_of_unequal_partition_counts_are_refused(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        var refused = Check.Throws<ArgumentException>(() => log.Join("g", "a", [Topics.Windows, Topics.Cuts]), "Join");
        Check.True(
            refused.Message.Contains(Topics.Windows, StringComparison.Ordinal) && refused.Message.Contains(Topics.Cuts, StringComparison.Ordinal),
            "the message names both");
        Check.True(!refused.Message.Contains('\n', StringComparison.Ordinal), "the message has one line");
    }

    private static void Members_of_a_group_read_the_same_topics(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var first = log.Join("g", "a", [Topics.Search]);
        Check.Throws<ArgumentException>(() => log.Join("g", "b", [Topics.Click]), "Join with another topic");
    }

    private static void State_moves_with_its_partition_and_nothing_is_lost_or_doubled(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        for (var p = 0; p < 4; p++) log.AppendNumbers(Topics.Search, p, 10);
        RebalanceNotes notesOfA = new(), notesOfB = new();
        using var a = log.Join("copier", "a", [Topics.Search], notesOfA);
        a.Copy(Topics.Search, Topics.Timeline);
        using (var b = log.Join("copier", "b", [Topics.Search], notesOfB))
        {
            Settle([a, b]);
            Check.Sequence([0, 1], notesOfA.Owned, "what the first member was left with");
            Check.True(notesOfA.Heard.Contains("-2") && notesOfA.Heard.Contains("-3"), "the first member heard of its losses");
            Check.Sequence(["+2", "+3"], notesOfB.Heard, "what the second member heard");
            Check.Equal(10, notesOfB.CountsOnArrival[2], "the state that came with partition 2");
            for (var p = 0; p < 4; p++) log.AppendNumbers(Topics.Search, p, 10, first: 10);
            a.Copy(Topics.Search, Topics.Timeline);
            b.Copy(Topics.Search, Topics.Timeline);
        }

        TakeOver(a);
        for (var p = 0; p < 4; p++)
        {
            Check.Sequence(LogTools.Numbers(20), log.Texts(Topics.Timeline, p), $"the copy of partition {p}");
            Check.Equal(20, a.State.Copied(p), $"the count of partition {p}");
        }
    }

    private static void Who_leaves_hands_over_to_the_others(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var a = log.Join("copier", "a", [Topics.Search]);
        var b = log.Join("copier", "b", [Topics.Search]);
        Settle([a, b]);
        for (var p = 0; p < 4; p++) log.AppendNumbers(Topics.Search, p, 5);
        b.Copy(Topics.Search, Topics.Timeline);
        b.Dispose();
        TakeOver(a);
        a.Copy(Topics.Search, Topics.Timeline);
        Check.Equal(4, a.Assignment.Count, "partitions of the one that stayed");
        for (var p = 0; p < 4; p++) Check.Sequence(LogTools.Numbers(5), log.Texts(Topics.Timeline, p), $"the copy of partition {p}");
    }

    private static void More_members_than_partitions_leave_some_without(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        using var a = log.Join("g", "a", [Topics.Models]);
        using var b = log.Join("g", "b", [Topics.Models]);
        Settle([a, b]);
        Check.Equal(1, a.Assignment.Count + b.Assignment.Count, "partitions dealt out");
        Check.True(a.AtEnd && b.AtEnd, "who has none is at its end");
    }

    private static void A_member_that_lost_a_partition_within_a_step_is_fenced(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        for (var p = 0; p < 4; p++) log.AppendNumbers(Topics.Search, p, 5);
        using var a = log.Join("copier", "a", [Topics.Search]);
        var records = a.Drain();
        var step = a.Begin();
        foreach (var record in records) step.Append(LogTools.Record(Topics.Timeline, record.Text(), record.Partition));
        foreach (var partition in a.Assignment) step.Commit(partition, a.Position(partition));
        using var b = log.Join("copier", "b", [Topics.Search]);
        b.Copy(Topics.Search, Topics.Timeline);
        Check.Equal(StepOutcome.Aborted, step.Finish(), "the step of the member that lost partitions");
        a.Rewind();
        a.Copy(Topics.Search, Topics.Timeline);
        for (var p = 0; p < 4; p++) Check.Sequence(LogTools.Numbers(5), log.Texts(Topics.Timeline, p), $"the copy of partition {p}");
    }

    private static void A_new_holder_of_a_name_fences_the_earlier_one(ILogFactory factory)
    {
        using var log = factory.Open(new LogSetup());
        log.AppendNumbers(Topics.Search, 0, 5);
        using var zombie = log.Join("copier", "a", [Topics.Search]);
        zombie.Drain();
        var step = zombie.Begin();
        step.Append(LogTools.Record(Topics.Timeline, "zombie", 0));
        using var successor = log.Join("copier", "a", [Topics.Search]);
        successor.Copy(Topics.Search, Topics.Timeline);
        Check.Equal(StepOutcome.Aborted, step.Finish(), "the zombie's step");
        zombie.Rewind();
        Check.Throws<MemberFencedException>(
            () =>
            {
                // A backend may first make sure that it was not fenced by an attempt of its own to come back.
                for (var polls = 0; polls < 20; polls++) Check.Equal(
                    0, zombie.Poll(1, TimeSpan.Zero, CancellationToken.None).Count, "records that the zombie gets");
            },
            "the zombie's Poll");
        zombie.Dispose();
        Check.Equal(0, successor.Drain().Count, "records left for the successor");
        Check.Sequence(LogTools.Numbers(5), log.Texts(Topics.Timeline, 0), "the copy");
    }

    /// <summary>Lets the one that stayed hear that all is its own, when the backend lets go of what another left.</summary>
    private static void TakeOver(IConsumer consumer)
    {
        for (var polls = 0; polls < 300 && consumer.Assignment.Count < 4; polls++)
        {
            consumer.Poll(1, TimeSpan.Zero, CancellationToken.None);
            if (consumer.Assignment.Count < 4) Thread.Sleep(100);
        }

        consumer.Rewind();
    }

    /// <summary>Lets every member hear of its assignment, whatever number of rounds the backend takes.</summary>
    private static void Settle(IReadOnlyList<IConsumer> members)
    {
        for (var round = 0; round < 100; round++)
        {
            foreach (var member in members) member.Poll(1, TimeSpan.Zero, CancellationToken.None);
            var owned = members.SelectMany(m => m.Assignment).ToArray();
            if (members.All(m => m.AtEnd) && owned.Length == owned.Distinct().Count()) return;
        }

        throw new ContractBrokenException("the members do not agree on who owns what");
    }
}
