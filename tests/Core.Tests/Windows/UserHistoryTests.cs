using Tppo.Core.Events;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests;

public class UserHistoryTests
{
    private static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly WindowSettings Three = new() { Targets = 3 };

    [Fact]
    public void The_first_event_of_a_user_is_never_a_target()
    {
        var windows = Windows(Three, Search(0, "a"), Search(1, "b"), Search(2, "c"), Search(3, "d"));
        var window = Assert.Single(windows);
        Assert.Equal(["a"], window.History.Select(h => h.Text));
        Assert.Equal(["b", "c", "d"], window.Targets);
    }

    [Fact]
    public void The_next_window_starts_where_the_last_ended_and_has_its_targets_and_what_stood_between_as_history()
    {
        var windows = Windows(
            Three, Click(0, "x"), Search(1, "a"), Click(2, "between"), Search(3, "b"), Search(4, "c"), Visit(5, "after"), Search(6, "d"),
            Search(7, "e"), Search(8, "f"), Search(9, "g"));
        Assert.Equal(2, windows.Count);
        Assert.Equal(["x"], windows[0].History.Select(h => h.Text));
        Assert.Equal(["a", "b", "c"], windows[0].Targets);
        Assert.Equal(["x", "a", "between", "b", "c", "after"], windows[1].History.Select(h => h.Text));
        Assert.Equal(["d", "e", "f"], windows[1].Targets);
    }

    [Fact]
    public void With_k_ten_ten_searches_are_the_target()
    {
        var windows = Windows(new WindowSettings { Targets = 10 }, [Click(0, "x"), .. Enumerable.Range(1, 21).Select(i => Search(i, $"q{i}"))]);
        Assert.Equal(2, windows.Count);
        Assert.Equal(Enumerable.Range(1, 10).Select(i => $"q{i}"), windows[0].Targets);
        Assert.Equal(Enumerable.Range(11, 10).Select(i => $"q{i}"), windows[1].Targets);
        Assert.Equal(11, windows[1].History.Count);
    }

    [Fact]
    public void Repeats_and_searches_without_text_are_dropped_from_targets_and_history()
    {
        var windows = Windows(
            Three, Search(0, "Old Shoes"), Search(1, "  old   SHOES "), Search(2, " "), Search(3, "a"), Click(4, "c"), Search(5, "A"),
            Search(6, "b"), Search(7, "old shoes"));
        var window = Assert.Single(windows);
        Assert.Equal(["Old Shoes"], window.History.Select(h => h.Text));
        Assert.Equal(["a", "b", "old shoes"], window.Targets);
    }

    [Fact]
    public void Other_events_without_text_stay_and_texts_keep_their_case_and_commas_trimmed_and_collapsed()
    {
        var window = Assert.Single(Windows(Three, Click(0, ""), Visit(1, "  Red,\t Shoes "), Search(2, " Boots,  Brown "), Search(3, "b"), Search(4, "c")));
        Assert.Equal(["", "Red, Shoes"], window.History.Select(h => h.Text));
        Assert.Equal("Boots, Brown", window.Targets[0]);
    }

    [Fact]
    public void History_of_exactly_D_days_stays_and_older_goes()
    {
        var settings = new WindowSettings { Targets = 1, HistoryDaysMax = 90 };
        var day = TimeSpan.FromDays(90).TotalMinutes;
        var window = Assert.Single(Windows(settings, Click(-0.001, "too old"), Click(0, "just in"), Search(day, "a")));
        Assert.Equal(["just in"], window.History.Select(h => h.Text));
    }

    [Fact]
    public void Days_count_from_the_first_target_not_from_the_last()
    {
        var day = TimeSpan.FromDays(90).TotalMinutes;
        Assert.Single(Windows(Three, Click(0, "x"), Search(day, "a"), Search(day + 5000, "b"), Search(day + 9000, "c")));
    }

    [Fact]
    public void A_group_that_days_left_without_history_is_counted_and_not_emitted_and_becomes_history()
    {
        var history = new UserHistory();
        var day = TimeSpan.FromDays(91).TotalMinutes;
        UserEvent[] events =
        [
            Click(0, "x"), Search(day, "a"), Search(day + 1, "b"), Search(day + 2, "c"), Search(day + 3, "d"), Search(day + 4, "e"),
            Search(day + 5, "f"),
        ];
        var emptied = 0;
        var windows = new List<Window>();
        foreach (var e in events)
        {
            if (history.Take(e, Three, out var isEmptied) is { } window) windows.Add(window);
            emptied += isEmptied ? 1 : 0;
        }

        Assert.Equal(1, emptied);
        Assert.Equal(["a", "b", "c"], Assert.Single(windows).History.Select(h => h.Text));
    }

    [Fact]
    public void Only_the_newest_N_events_are_history()
    {
        var settings = new WindowSettings { Targets = 1, HistoryEventsMax = 3 };
        var windows = Windows(settings, [.. Enumerable.Range(0, 6).Select(i => Click(i, $"c{i}")), Search(7, "a"), Search(8, "b")]);
        Assert.Equal(["c3", "c4", "c5"], windows[0].History.Select(h => h.Text));
        Assert.Equal(["c4", "c5", "a"], windows[1].History.Select(h => h.Text));
    }

    [Fact]
    public void A_window_is_named_by_user_first_and_last_target()
    {
        var window = Assert.Single(Windows(Three, Search(0, "a"), Search(1, "b"), Search(2, "c"), Search(3, "d")));
        Assert.Equal(Digest.Hex(System.Security.Cryptography.SHA256.HashData("u\ne1\ne3"u8)), window.Id);
    }

    [Fact]
    public void A_static_set_takes_the_newest_k_searches_with_all_before_them_as_history()
    {
        UserEvent[] events = [Click(0, "x"), Search(1, "a"), Search(2, "b"), Search(3, "c"), Search(4, "d"), Click(5, "y"), Search(6, "D"), Search(7, "e")];
        var window = Assert.Single(Windower.NewestOnly(events, Three));
        Assert.Equal(["c", "d", "e"], window.Targets);
        Assert.Equal(["x", "a", "b"], window.History.Select(h => h.Text));
    }

    [Fact]
    public void A_static_set_leaves_out_who_has_too_few_searches_or_nothing_before_them()
    {
        Assert.Empty(Windower.NewestOnly([Click(0, "x"), Search(1, "a"), Search(2, "b")], Three));
        Assert.Empty(Windower.NewestOnly([Search(1, "a"), Search(2, "b"), Search(3, "c")], Three));
    }

    [Fact]
    public void Users_are_held_out_by_bucket_or_by_fold_and_models_are_named_by_fold()
    {
        var split = new SplitSettings { HeldOutBuckets = 100, Folds = 5, FoldsBelowUsers = 1000 };
        var one = Assert.Single(Fold.For(split, 1000));
        Assert.True(one.IsHeldOut(99));
        Assert.False(one.IsHeldOut(100));
        Assert.Equal("policy", one.Model("policy"));
        var folds = Fold.For(split, 999);
        Assert.Equal(5, folds.Count);
        Assert.Equal("policy.3", folds[3].Model("policy"));
        Assert.All(Enumerable.Range(0, 1000), b => Assert.Equal(b % 5, Assert.Single(folds, f => f.IsHeldOut(b)).Index));
    }

    private static List<Window> Windows(WindowSettings settings, params UserEvent[] events)
    {
        var history = new UserHistory();
        return [.. events.Select(e => history.Take(e, settings, out _)).OfType<Window>()];
    }

    private static UserEvent Search(double minute, string text) => Event(EventType.Search, minute, text);

    private static UserEvent Click(double minute, string text) => Event(EventType.Click, minute, text);

    private static UserEvent Visit(double minute, string text) => Event(EventType.Visit, minute, text);

    private static UserEvent Event(EventType type, double minute, string text) =>
        new(FormattableString.Invariant($"e{minute}"), "u", Start.AddMinutes(minute), type, text, "");
}
