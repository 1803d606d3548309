using Tppo.Core.Events;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Core.Text;

namespace Tppo.Core.Windows;

/// <summary>
/// The windower of one user: takes that user's events in canonical order and gives a window whenever k searches in a row
/// are together. Pure: its state is all that the past leaves behind, at most 2 N events.
/// </summary>
/// <remarks>
/// Targets open with the first search that has history before it, so a user's first event is never a target. When k are
/// open the window is given, and targets and what stood between them become history (stride k). A search that repeats
/// the user's search before it (trimmed, collapsed, lower-cased) and a search without text are dropped, from the history
/// too; other events without text stay.
/// </remarks>
public sealed class UserHistory
{
    private readonly List<HistoryEvent> before;
    private readonly List<HistoryEvent> since;
    private readonly List<HistoryTarget> open;
    private string lastSearch;

    /// <summary>A user of whom nothing is known yet.</summary>
    public UserHistory() => (before, since, open, lastSearch) = ([], [], [], "");

    /// <summary>A user as a state holds them.</summary>
    public UserHistory(UserHistoryState state) =>
        (before, since, open, lastSearch) = ([.. state.Before], [.. state.Since], [.. state.Open], state.LastSearch);

    /// <summary>What the past leaves behind.</summary>
    public UserHistoryState State => new([.. before], [.. since], [.. open], lastSearch);

    /// <summary>Takes the next event; gives the window that it completes, if any.</summary>
    /// <param name="e">The next event in canonical order.</param>
    /// <param name="settings">k, N and D.</param>
    /// <param name="emptied">True where k targets were together but D left them without history: counted, not emitted.</param>
    public Window? Take(UserEvent e, WindowSettings settings, out bool emptied)
    {
        emptied = false;
        var text = QueryText.Collapse(e.Text);
        if (e.Type == EventType.Search && !TakeSearch(text)) return null;

        var entry = new HistoryEvent(e.Type, e.Time, text, e.Url);
        var isTarget = e.Type == EventType.Search && (open.Count > 0 || before.Count > 0);
        if (isTarget) open.Add(new HistoryTarget(e.Id, e.Time, text));
        Keep(open.Count > 0 ? since : before, entry, settings.HistoryEventsMax);
        if (open.Count < settings.Targets) return null;

        var window = Complete(e.User, settings);
        emptied = window is null;
        return window;
    }

    private bool TakeSearch(string text)
    {
        if (text.Length == 0) return false;
        var key = text.ToLowerInvariant();
        if (key == lastSearch) return false;
        lastSearch = key;
        return true;
    }

    private Window? Complete(string user, WindowSettings settings)
    {
        var oldest = open[0].Time - TimeSpan.FromDays(settings.HistoryDaysMax);
        HistoryEvent[] history = [.. before.Where(h => h.Time >= oldest)];
        var id = Digest.Sha256Hex(user, open[0].EventId, open[^1].EventId);
        var window = history.Length == 0 ? null : new Window(id, user, history, [.. open.Select(t => t.Text)]);

        foreach (var h in since) Keep(before, h, settings.HistoryEventsMax);
        since.Clear();
        open.Clear();
        return window;
    }

    private static void Keep(List<HistoryEvent> events, HistoryEvent next, int most)
    {
        events.Add(next);
        if (events.Count > most) events.RemoveRange(0, events.Count - most);
    }
}
