using CsCheck;
using Tppo.Core.Events;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests;

public class WindowProperties
{
    private static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string[] Texts = ["", " ", "a", "A", "b", " b", "c d", "c  d", "é, f", "g"];

    private static readonly Gen<UserEvent[]> Logs =
        Gen.Select(Gen.Int[0, 4000], Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 3])), Gen.Int[0, 2], Gen.Int[0, Texts.Length - 1]).Array[0, 80]
            .Select(
                events =>
                    events.Select(
                        (e, i) => new UserEvent($"e{i:D3}", $"u{e.Item3}", Start.AddHours(e.Item1), (EventType)e.Item2, Texts[e.Item4], "")).ToArray());

    private static readonly Gen<WindowSettings> Settings =
        Gen.Select(Gen.Int[1, 5], Gen.Int[1, 8], Gen.Int[0, 60]).Select(
            s => new WindowSettings { Targets = s.Item1, HistoryEventsMax = s.Item2, HistoryDaysMax = s.Item3 });

    [Fact]
    public void History_stands_strictly_before_the_first_target_within_N_and_D_and_is_never_empty() =>
        Gen.Select(Logs, Settings).Sample(
            (log, settings) => Taken(log, settings).All(t =>
            {
                var first = t.Targets[0];
                var before = log.Where(e => e.User == first.User && EventOrder.Of(e) < EventOrder.Of(first)).ToList();
                return t.Window.History.Count is var n && n >= 1 && n <= settings.HistoryEventsMax
                    && t.Window.History.All(h => h.Time >= first.Time.AddDays(-settings.HistoryDaysMax))
                    && t.Window.History.All(h => before.Exists(e => e.Time == h.Time && e.Type == h.Type));
            }),
            iter: 1_000);

    [Fact]
    public void No_event_is_a_target_twice_and_every_window_has_k() =>
        Gen.Select(Logs, Settings).Sample(
            (log, settings) =>
            {
                var targets = Taken(log, settings).SelectMany(t => t.Targets).ToList();
                return targets.Distinct().Count() == targets.Count && Taken(log, settings).All(t => t.Window.Targets.Count == settings.Targets);
            },
            iter: 1_000);

    [Fact]
    public void Writing_and_reading_the_state_between_any_two_events_changes_nothing_and_the_stream_equals_the_batch() =>
        Gen.Select(Logs, Settings).Sample(
            (log, settings) =>
            {
                var states = new Dictionary<string, byte[]>();
                var streamed = new List<Window>();
                foreach (var e in log.OrderBy(EventOrder.Of))
                {
                    var user = states.TryGetValue(e.User, out var bytes) ? new UserHistory(UserHistoryCodec.Read(bytes)) : new UserHistory();
                    if (user.Take(e, settings, out _) is { } window) streamed.Add(window);
                    states[e.User] = UserHistoryCodec.Write(user.State);
                }

                return Json(streamed).SequenceEqual(Json(Windower.Windows(log, settings)));
            },
            iter: 1_000);

    [Fact]
    public void The_state_has_at_most_twice_N_events_and_another_version_of_it_is_refused()
    {
        var settings = new WindowSettings { Targets = 3, HistoryEventsMax = 4 };
        var user = new UserHistory();
        for (var i = 0; i < 500; i++) user.Take(
            new UserEvent($"e{i:D3}", "u", Start.AddMinutes(i), (EventType)(i % 7 == 0 ? 0 : 1), $"t{i}", "x"), settings, out _);
        Assert.InRange(user.State.Before.Count + user.State.Since.Count, 1, 8);
        var bytes = UserHistoryCodec.Write(user.State);
        bytes[0] = 9;
        Assert.Contains("expected version 2, found 9", Assert.Throws<FormatException>(() => UserHistoryCodec.Read(bytes)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_window_of_a_static_set_ends_with_the_newest_search_of_its_user() =>
        Gen.Select(Logs, Settings).Sample(
            (log, settings) => Windower.NewestOnly(log, settings).All(w =>
                w.Targets[^1] == QueryText.Collapse(log.Where(e => e.User == w.User && e.Type == EventType.Search && e.Text.Trim().Length > 0)
                    .OrderBy(EventOrder.Of).Aggregate((last, e) => RepeatKey(last.Text) == RepeatKey(e.Text) ? last : e).Text)),
            iter: 500);

    private static string RepeatKey(string text) => QueryText.RepeatKey(HistoryText.Of(text));

    private static IEnumerable<string> Json(IEnumerable<Window> windows) => windows.Select(w => System.Text.Encoding.UTF8.GetString(WindowJson.Write(w)));

    // Each window with the events that are its targets: the last k searches that are neither empty nor repeats.
    private static List<(Window Window, UserEvent[] Targets)> Taken(UserEvent[] log, WindowSettings settings)
    {
        var taken = new List<(Window, UserEvent[])>();
        foreach (var user in log.OrderBy(EventOrder.Of).GroupBy(e => e.User))
        {
            var history = new UserHistory();
            var searches = new List<UserEvent>();
            foreach (var e in user)
            {
                var key = RepeatKey(e.Text);
                if (e.Type == EventType.Search && key.Length > 0 && (searches.Count == 0 || RepeatKey(searches[^1].Text) != key)) searches.Add(e);
                if (history.Take(e, settings, out _) is { } window) taken.Add((window, [.. searches.TakeLast(settings.Targets)]));
            }
        }

        return taken;
    }
}
