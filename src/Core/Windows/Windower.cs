using Tppo.Core.Events;
using Tppo.Core.Settings;
using Tppo.Core.Text;

namespace Tppo.Core.Windows;

/// <summary>The windower over a whole log at once: what the stream computes, without a stream.</summary>
public static class Windower
{
    /// <summary>The windows of some events, in the order in which they complete.</summary>
    /// <param name="events">Events of any users in any order; they are sorted first.</param>
    /// <param name="settings">k, N and D.</param>
    public static IEnumerable<Window> Windows(IEnumerable<UserEvent> events, WindowSettings settings) =>
        InOrder(events.OrderBy(EventOrder.Of), settings);

    /// <summary>The same of events that are in canonical order already; holds no more than the users' states.</summary>
    public static IEnumerable<Window> InOrder(IEnumerable<UserEvent> events, WindowSettings settings)
    {
        var users = new Dictionary<string, UserHistory>();
        foreach (var e in events)
        {
            if (!users.TryGetValue(e.User, out var user)) users[e.User] = user = new UserHistory();
            if (user.Take(e, settings, out _) is { } window) yield return window;
        }
    }

    /// <summary>
    /// For a static set: the newest k searches of each user only, with all that stands before them as history.
    /// </summary>
    public static IEnumerable<Window> NewestOnly(IEnumerable<UserEvent> events, WindowSettings settings)
    {
        foreach (var user in events.GroupBy(e => e.User).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            // A windower that starts k searches before the end, its past being all the rest, opens at just that search.
            var kept = WithoutRepeats(user.OrderBy(EventOrder.Of)).ToList();
            var searches = kept.Where(e => e.Type == EventType.Search).ToList();
            if (searches.Count < settings.Targets) continue;
            var first = kept.IndexOf(searches[^settings.Targets]);
            var history = new UserHistory();
            foreach (var e in kept.Take(first)) history.Remember(e, settings);
            Window? window = null;
            foreach (var e in kept.Skip(first)) window ??= history.Take(e, settings, out _);
            if (window is not null) yield return window;
        }
    }

    private static IEnumerable<UserEvent> WithoutRepeats(IEnumerable<UserEvent> events)
    {
        var last = "";
        foreach (var e in events)
        {
            if (e.Type == EventType.Search)
            {
                var key = QueryText.RepeatKey(HistoryText.Of(e.Text));
                if (key.Length == 0 || key == last) continue;
                last = key;
            }

            yield return e;
        }
    }
}
