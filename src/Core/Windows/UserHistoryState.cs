namespace Tppo.Core.Windows;

/// <summary>All that a user's past leaves behind for the windower.</summary>
/// <param name="Before">The newest events before the first open target.</param>
/// <param name="Since">The newest events from the first open target on.</param>
/// <param name="Open">Texts of the targets that wait for more, fewer than k.</param>
/// <param name="FirstTargetId">Id of the first open target; empty where none is open.</param>
/// <param name="FirstTargetTime">Its time.</param>
/// <param name="LastSearch">Repeat key of the user's last search; empty where there was none.</param>
/// <param name="Seen">Time of the user's last event, also where it was dropped.</param>
public sealed record UserHistoryState(
    IReadOnlyList<HistoryEvent> Before,
    IReadOnlyList<HistoryEvent> Since,
    IReadOnlyList<string> Open,
    string FirstTargetId,
    DateTime FirstTargetTime,
    string LastSearch,
    DateTime Seen);
