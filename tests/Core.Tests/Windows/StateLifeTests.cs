using Tppo.Core.Events;
using Tppo.Core.Settings;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests;

public class StateLifeTests
{
    private static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly WindowSettings Settings = new() { Targets = 1, HistoryDaysMax = 10, StateDaysMax = 20 };

    [Fact]
    public void Who_was_not_seen_for_longer_than_a_state_lives_begins_anew_and_exactly_so_long_is_not_longer()
    {
        Assert.NotEqual(HistoryLoss.State, LostAfter(TimeSpan.FromDays(20)));
        Assert.Equal(HistoryLoss.State, LostAfter(TimeSpan.FromDays(20) + TimeSpan.FromTicks(1)));
    }

    [Fact]
    public void The_first_event_after_a_life_is_no_target_and_the_search_before_it_no_repeat()
    {
        var history = new UserHistory();
        Assert.Null(history.Take(Search(0, "a"), Settings, out _));
        Assert.Null(history.Take(Search(21, "a"), Settings, out var emptied));
        Assert.False(emptied);
        Assert.Equal(["a"], history.State.Before.Select(h => h.Text));
        Assert.Equal(["a"], history.Take(Search(22, "b"), Settings, out _)!.History.Select(h => h.Text));
    }

    [Fact]
    public void Events_that_are_dropped_are_seen_all_the_same()
    {
        var history = new UserHistory();
        history.Take(Search(0, "a"), Settings, out _);
        history.Take(Search(15, " A "), Settings, out _);
        history.Take(Search(30, "b"), Settings, out _);
        Assert.Equal(HistoryLoss.None, history.Lost);
    }

    private static HistoryLoss LostAfter(TimeSpan gap)
    {
        var history = new UserHistory();
        history.Take(Search(0, "a"), Settings, out _);
        history.Take(Search(0, "b") with { Time = Start + gap }, Settings, out _);
        return history.Lost;
    }

    private static UserEvent Search(double day, string text) =>
        new(FormattableString.Invariant($"e{day}"), "u", Start.AddDays(day), EventType.Search, text, "");
}
