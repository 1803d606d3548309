using System.Text;
using Tppo.Core.Events;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Core.Text;

namespace Tppo.Core.Windows;

/// <summary>
/// The windower of one user: takes that user's events in canonical order and gives a window whenever k searches in a row
/// are together. Pure: its state is all that the past leaves behind, and has a bound whatever the user sends.
/// </summary>
/// <remarks>
/// <para>Targets open with the first search that has history before it, so a user's first event is never a target. When k are
/// open the window is given, and targets and what stood between them become history (stride k). A search that repeats
/// the user's search before it (by <see cref="QueryText.RepeatKey"/>) and a search without a word are dropped, from the history
/// too; other events without text stay.</para>
/// <para>The bounds (ours, not the paper's): texts are cut and URLs left out by <see cref="HistoryText"/>; of the events before the
/// first open target the newest N stay, of those since then too; up to N events together cost at most
/// <see cref="WindowSettings.HistoryBytesMax"/>, more of them in proportion, so all together never more than twice that. An event costs
/// its text and URL in UTF-8 and <see cref="EventBytes"/> more, an open target its text once more. The oldest events go first; the newest
/// one before the first target and the open targets' texts always stay. Who was not seen for longer than
/// <see cref="WindowSettings.StateDaysMax"/> of event time begins anew.</para>
/// </remarks>
public sealed class UserHistory
{
    /// <summary>What an event costs besides its text and URL, in bytes: more than <see cref="UserHistoryCodec"/> takes for type, time and lengths.</summary>
    public const int EventBytes = 12;

    private readonly List<HistoryEvent> before;
    private readonly List<HistoryEvent> since;
    private readonly List<string> open;
    private string firstTargetId, lastSearch;
    private DateTime firstTargetTime, seen;
    private int bytes;

    /// <summary>A user of whom nothing is known yet.</summary>
    public UserHistory() => (before, since, open, firstTargetId, lastSearch) = ([], [], [], "", "");

    /// <summary>A user as a state holds them.</summary>
    public UserHistory(UserHistoryState state)
    {
        (before, since, open, lastSearch, seen) = ([.. state.Before], [.. state.Since], [.. state.Open], state.LastSearch, state.Seen);
        (firstTargetId, firstTargetTime) = (state.FirstTargetId, state.FirstTargetTime);
        foreach (var e in before) bytes += BytesOf(e);
        foreach (var e in since) bytes += BytesOf(e);
        foreach (var target in open) bytes += Encoding.UTF8.GetByteCount(target);
    }

    /// <summary>What the past leaves behind.</summary>
    public UserHistoryState State => new([.. before], [.. since], [.. open], firstTargetId, firstTargetTime, lastSearch, seen);

    // The same without copies, for a moment.
    internal UserHistoryState StateNow => new(before, since, open, firstTargetId, firstTargetTime, lastSearch, seen);

    /// <summary>Time of the user's last event.</summary>
    public DateTime Seen => seen;

    /// <summary>What the bounds took away at the last event.</summary>
    public HistoryLoss Lost { get; private set; }

    /// <summary>Takes the next event; gives the window that it completes, if any.</summary>
    /// <param name="e">The next event in canonical order.</param>
    /// <param name="settings">k, N, D and the bounds.</param>
    /// <param name="emptied">True where k targets were together but D left them without history: counted, not emitted.</param>
    public Window? Take(UserEvent e, WindowSettings settings, out bool emptied)
    {
        emptied = false;
        See(e, settings);
        var text = HistoryText.Of(e.Text);
        if (e.Type == EventType.Search && !TakeSearch(text)) return null;

        var isTarget = e.Type == EventType.Search && (open.Count > 0 || before.Count > 0);
        if (isTarget && open.Count == 0) (firstTargetId, firstTargetTime) = (e.Id, e.Time);
        if (isTarget) Open(text);
        Keep(open.Count > 0 ? since : before, Entry(e, text), settings);
        if (open.Count < settings.Targets) return null;

        var window = Complete(e, settings);
        emptied = window is null;
        return window;
    }

    /// <summary>Takes the next event as history alone: it opens no target.</summary>
    /// <param name="e">The next event in canonical order.</param>
    /// <param name="settings">N and the bounds.</param>
    public void Remember(UserEvent e, WindowSettings settings)
    {
        See(e, settings);
        var text = HistoryText.Of(e.Text);
        if (e.Type != EventType.Search || TakeSearch(text)) Keep(before, Entry(e, text), settings);
    }

    private static int BytesOf(HistoryEvent e) => EventBytes + e.TextUtf8.Length + e.UrlUtf8.Length;

    private void See(UserEvent e, WindowSettings settings)
    {
        Lost = HistoryLoss.None;
        if (seen != default && e.Time - seen > TimeSpan.FromDays(settings.StateDaysMax)) Forget();
        seen = e.Time;
    }

    private void Forget()
    {
        before.Clear();
        since.Clear();
        open.Clear();
        (firstTargetId, firstTargetTime, lastSearch, bytes) = ("", default, "", 0);
        Lost = HistoryLoss.State;
    }

    private bool TakeSearch(string text)
    {
        var key = QueryText.RepeatKey(text);
        if (key.Length == 0 || key == lastSearch) return false;
        lastSearch = key;
        return true;
    }

    private HistoryEvent Entry(UserEvent e, string text)
    {
        var url = HistoryText.Url(e.Url);
        if (url.Length < e.Url.Length) Lost |= HistoryLoss.Url;
        if (HistoryText.IsCut(e.Text, text)) Lost |= HistoryLoss.Text;
        return new HistoryEvent(e.Type, e.Time, text, url);
    }

    private Window? Complete(UserEvent last, WindowSettings settings)
    {
        var oldest = firstTargetTime.Ticks > TimeSpan.FromDays(settings.HistoryDaysMax).Ticks
            ? firstTargetTime.AddDays(-settings.HistoryDaysMax)
            : DateTime.MinValue;
        HistoryEvent[] history = [.. before.Where(h => h.Time >= oldest)];
        var id = Digest.Sha256Hex(last.User, firstTargetId, last.Id);
        var window = history.Length == 0 ? null : new Window(id, last.User, history, [.. open]);

        before.AddRange(since);
        since.Clear();
        foreach (var target in open) bytes -= Encoding.UTF8.GetByteCount(target);
        open.Clear();
        (firstTargetId, firstTargetTime) = ("", default);
        Drop(before, before.Count - settings.HistoryEventsMax);
        return window;
    }

    private void Open(string text)
    {
        open.Add(text);
        bytes += Encoding.UTF8.GetByteCount(text);
    }

    private void Keep(List<HistoryEvent> events, HistoryEvent next, WindowSettings settings)
    {
        events.Add(next);
        bytes += BytesOf(next);
        Drop(events, events.Count - settings.HistoryEventsMax);
        if (bytes <= settings.HistoryBytesMax) return;

        // The newest one before the first target stays: without it there would be no window at all.
        DropToFit(before, least: 1, settings);
        DropToFit(since, least: 0, settings);
    }

    private void DropToFit(List<HistoryEvent> events, int least, WindowSettings settings)
    {
        var (count, left) = (0, (long)bytes);
        for (; events.Count - count > least && left > Allowed(before.Count + since.Count - count, settings); count++) left -= BytesOf(events[count]);
        if (count > 0) Lost |= HistoryLoss.Events;
        Drop(events, count);
    }

    private static long Allowed(int events, WindowSettings settings) =>
        events <= settings.HistoryEventsMax ? settings.HistoryBytesMax : (long)settings.HistoryBytesMax * events / settings.HistoryEventsMax;

    private void Drop(List<HistoryEvent> events, int count)
    {
        for (var i = 0; i < count; i++) bytes -= BytesOf(events[i]);
        if (count > 0) events.RemoveRange(0, count);
    }
}
