using Tppo.Core.Events;
using Tppo.Core.Sequencing;

namespace Tppo.Core.Tests;

public class PartitionSequencerTests
{
    private static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Lateness = TimeSpan.FromSeconds(10);

    [Fact]
    public void An_event_is_released_only_when_it_is_strictly_older_than_watermark_less_lateness()
    {
        var sequencer = new PartitionSequencer<string>(2, Lateness);
        Assert.Equal(OfferOutcome.Held, sequencer.Offer(0, 0, At(5), "s", "a"));
        sequencer.Offer(0, 1, At(40), "s", "b");
        sequencer.Offer(1, 0, At(15), "s", "c");
        Assert.Equal(Start.AddSeconds(15), sequencer.Watermark);
        Assert.Empty(sequencer.Release());
        sequencer.Offer(1, 1, At(15.0000001), "s", "d");
        Assert.Equal(["a"], sequencer.Release());
        Assert.Equal(3, sequencer.Held);
    }

    [Fact]
    public void An_event_at_the_release_bound_is_in_time_and_one_tick_before_it_is_late()
    {
        var sequencer = new PartitionSequencer<string>(1, Lateness);
        sequencer.Offer(0, 0, At(30), "s", "a");
        Assert.Empty(sequencer.Release());
        Assert.Equal(Start.AddSeconds(20), sequencer.ReleasedBefore);
        Assert.Equal(OfferOutcome.Held, sequencer.Offer(0, 1, At(20), "s", "b"));
        Assert.Equal(OfferOutcome.Late, sequencer.Offer(0, 2, At(19.9999999), "s", "c"));
        Assert.Equal(1, (sequencer.ReleasedBefore - At(19).Time).TotalSeconds);
    }

    [Fact]
    public void The_slowest_topic_holds_the_others_back_and_only_topics_ahead_of_it_wait()
    {
        var sequencer = new PartitionSequencer<string>(2, TimeSpan.Zero);
        sequencer.Offer(0, 0, At(1), "s", "a");
        sequencer.Offer(0, 1, At(100), "s", "b");
        Assert.Empty(sequencer.Release());
        Assert.True(sequencer.IsAhead(0));
        Assert.False(sequencer.IsAhead(1));
        sequencer.Offer(1, 0, At(50), "s", "c");
        Assert.Equal(["a"], sequencer.Release());
        sequencer.End(1, 1);
        Assert.Equal(["c"], sequencer.Release());
    }

    [Fact]
    public void Equal_times_go_by_type_then_user_then_id()
    {
        var sequencer = new PartitionSequencer<string>(1, Lateness);
        EventOrder[] orders =
        [
            new(Start, EventType.Visit, "a", "1"), new(Start, EventType.Click, "b", "2"), new(Start, EventType.Click, "a", "4"),
            new(Start, EventType.Click, "a", "3"), new(Start, EventType.Search, "z", "9"),
        ];
        for (var i = 0; i < orders.Length; i++) sequencer.Offer(0, i, orders[i], "s", orders[i].Id);
        sequencer.End(0, 5);
        Assert.Equal(["9", "3", "4", "2", "1"], sequencer.Release());
    }

    [Fact]
    public void End_marks_on_every_topic_release_everything_and_live_events_may_follow()
    {
        var sequencer = new PartitionSequencer<string>(2, Lateness);
        sequencer.Offer(0, 0, At(5), "s", "a");
        sequencer.Offer(1, 0, At(9), "s", "b");
        sequencer.End(0, 1);
        Assert.Empty(sequencer.Release());
        sequencer.End(1, 1);
        Assert.True(sequencer.HasEnded);
        Assert.Equal(["a", "b"], sequencer.Release());
        sequencer.Reopen();
        Assert.False(sequencer.HasEnded);
        Assert.Equal(OfferOutcome.Late, sequencer.Offer(0, 2, At(9), "s", "c"));
        Assert.Equal(OfferOutcome.Held, sequencer.Offer(0, 3, At(9.0000001), "s", "d"));
        sequencer.Offer(0, 4, At(60), "s", "e");
        Assert.Empty(sequencer.Release());
        sequencer.Offer(1, 2, At(60), "s", "f");
        Assert.Equal(["d"], sequencer.Release());
    }

    [Fact]
    public void A_repeated_source_and_id_is_a_duplicate_also_when_its_first_copy_was_released_or_late()
    {
        var sequencer = new PartitionSequencer<string>(1, Lateness);
        sequencer.Offer(0, 0, At(11, "x"), "s", "a");
        Assert.Equal(OfferOutcome.Duplicate, sequencer.Offer(0, 1, At(11, "x"), "s", "a again"));
        Assert.Equal(OfferOutcome.Held, sequencer.Offer(0, 2, At(11, "x"), "another source", "b"));
        sequencer.Offer(0, 3, At(25), "s", "c");
        Assert.Equal(2, sequencer.Release().Count());
        Assert.Equal(OfferOutcome.Duplicate, sequencer.Offer(0, 4, At(11, "x"), "s", "a once more"));
        Assert.Equal(OfferOutcome.Late, sequencer.Offer(0, 5, At(12, "y"), "s", "d"));
        Assert.Equal(OfferOutcome.Duplicate, sequencer.Offer(0, 6, At(12, "y"), "s", "d again"));
    }

    [Fact]
    public void Ids_are_unique_within_a_topic_only()
    {
        var sequencer = new PartitionSequencer<string>(2, Lateness);
        Assert.Equal(OfferOutcome.Held, sequencer.Offer(0, 0, At(1, "x"), "s", "a"));
        Assert.Equal(OfferOutcome.Held, sequencer.Offer(1, 0, At(1, "x"), "s", "b"));
    }

    [Fact]
    public void After_a_restart_nothing_is_released_past_events_that_were_held_and_are_still_to_be_read_again()
    {
        var first = new PartitionSequencer<string>(2, TimeSpan.Zero);
        first.Offer(0, 0, At(10), "s", "a");
        first.Offer(1, 0, At(15), "s", "b");
        first.Offer(1, 1, At(20), "s", "c");
        Assert.Empty(first.Release());
        var second = new PartitionSequencer<string>(2, TimeSpan.Zero, SequencerState.FromJson(first.State.ToJson()));
        Assert.Equal(0, first.ResumeAt(0));
        second.Offer(0, 0, At(10), "s", "a");
        second.Offer(0, 1, At(30), "s", "d");
        Assert.Empty(second.Release());
        Assert.Equal(0, second.ResumeAt(1));
        Assert.False(second.IsAhead(1));
        second.Offer(1, 0, At(15), "s", "b");
        second.Offer(1, 1, At(20), "s", "c");
        Assert.Equal(["a", "b"], second.Release());
    }

    [Fact]
    public void End_marks_read_again_after_a_restart_do_not_end_the_import_again()
    {
        var first = new PartitionSequencer<string>(1, Lateness);
        first.Offer(0, 0, At(10), "s", "a");
        first.End(0, 1);
        Assert.Single(first.Release());
        first.Reopen();
        Assert.Equal(0, first.ResumeAt(0));
        var second = new PartitionSequencer<string>(1, Lateness, first.State);
        Assert.Equal(OfferOutcome.AlreadyDone, second.Offer(0, 0, At(10), "s", "a"));
        second.End(0, 1);
        Assert.False(second.HasEnded);
        Assert.Empty(second.Release());
    }

    [Fact]
    public void What_follows_an_import_on_one_topic_waits_for_the_others_when_the_import_ends()
    {
        var sequencer = new PartitionSequencer<string>(2, Lateness);
        sequencer.Offer(0, 0, At(5), "s", "a", imported: true);
        sequencer.End(0, 1, "one");
        sequencer.Offer(0, 2, At(100), "s", "next");
        sequencer.Offer(1, 0, At(9), "s", "b", imported: true);
        sequencer.End(1, 1, "one");
        Assert.Equal("one", sequencer.EndedStage);
        Assert.Equal(["a", "b"], sequencer.Release());
        sequencer.Reopen();
        Assert.Equal(Start.AddSeconds(9).AddTicks(1), sequencer.ReleasedBefore);
        Assert.Equal(OfferOutcome.Held, sequencer.Offer(1, 2, At(50), "s", "between"));
    }

    [Fact]
    public void Two_imports_that_were_read_at_once_end_one_after_the_other_each_under_its_own_name()
    {
        var first = new PartitionSequencer<string>(2, Lateness);
        first.Offer(0, 0, At(5), "s", "a", imported: true);
        first.End(0, 1, "one");
        first.Offer(0, 2, At(40), "s", "b", imported: true);
        first.End(0, 3, "two");
        Assert.Empty(first.Release());
        var second = new PartitionSequencer<string>(2, Lateness, SequencerState.FromJson(first.State.ToJson()));
        second.Offer(0, 0, At(5), "s", "a", imported: true);
        second.Offer(0, 2, At(40), "s", "b", imported: true);
        second.Skip(0, 3);
        var ends = new List<string>();
        foreach (var (offset, stage) in new[] { (0, "one"), (1, "two") })
        {
            second.End(1, offset, stage);
            Assert.True(second.HasEnded);
            ends.Add($"{second.EndedStage}: {string.Join(',', second.Release())}");
            second.Reopen();
        }

        Assert.Equal(["one: a", "two: b"], ends);
        Assert.False(second.IsImporting);
    }

    [Fact]
    public void A_quiet_topic_is_waited_for_up_to_where_the_others_are_and_no_further_than_the_present()
    {
        var sequencer = new PartitionSequencer<string>(3, Lateness);
        sequencer.Offer(0, 0, At(5), "s", "a");
        sequencer.Offer(0, 1, At(100), "s", "b");
        sequencer.Offer(1, 0, At(60), "s", "c");
        Assert.Equal(At(60).Time, sequencer.IdleTime(t => t == 2, DateTime.MaxValue));
        Assert.Equal(At(100).Time, sequencer.IdleTime(_ => true, DateTime.MaxValue));
        Assert.Equal(At(50).Time, sequencer.IdleTime(t => t == 2, At(50).Time));
        Assert.Null(sequencer.IdleTime(t => t == 2, At(15).Time));
        Assert.Null(sequencer.IdleTime(_ => false, DateTime.MaxValue));
        Assert.True(sequencer.IsWaitedFor(2, At(60).Time));
        Assert.False(sequencer.IsWaitedFor(1, At(60).Time));
        sequencer.Marked(2, At(60).Time);
        Assert.False(sequencer.IsWaitedFor(2, At(60).Time));
        Assert.Empty(sequencer.Release());
        Assert.True(sequencer.Idle(2, 0, At(60).Time));
        Assert.Equal(["a"], sequencer.Release());
        Assert.False(sequencer.Idle(2, 0, At(70).Time));
        Assert.Equal(OfferOutcome.Late, sequencer.Offer(2, 1, At(49), "s", "d"));
    }

    [Fact]
    public void Nothing_is_idle_while_an_import_is_open_from_its_first_event_to_its_last_mark_and_while_topics_are_read_again()
    {
        var sequencer = new PartitionSequencer<string>(2, Lateness);
        sequencer.Offer(0, 0, At(5), "s", "a", imported: true);
        sequencer.Offer(0, 1, At(100), "s", "b");
        Assert.Null(sequencer.IdleTime(_ => true, DateTime.MaxValue));
        var again = new PartitionSequencer<string>(2, Lateness, SequencerState.FromJson(sequencer.State.ToJson()));
        Assert.Null(again.IdleTime(_ => true, DateTime.MaxValue));
        sequencer.End(0, 2);
        sequencer.Offer(0, 3, At(200), "s", "c");
        Assert.Null(sequencer.IdleTime(_ => true, DateTime.MaxValue));
        sequencer.End(1, 0);
        Assert.Equal(2, sequencer.Release().Count());
        sequencer.Reopen();
        Assert.Null(sequencer.IdleTime(_ => true, DateTime.MaxValue));
        sequencer.Offer(0, 4, At(300), "s", "d");
        Assert.Equal(At(300).Time, sequencer.IdleTime(_ => true, DateTime.MaxValue));
    }

    private static EventOrder At(double seconds, string? id = null) =>
        new(Start.AddTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond)), EventType.Search, "u", id ?? FormattableString.Invariant($"{seconds}"));
}
