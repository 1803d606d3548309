namespace Tppo.Core.Windows;

/// <summary>All that a user's past leaves behind for the windower.</summary>
/// <param name="Before">The newest N events before the first open target.</param>
/// <param name="Since">The newest N events from the first open target on.</param>
/// <param name="Open">Targets that wait for more, fewer than k.</param>
/// <param name="LastSearch">Repeat key of the user's last search; empty where there was none.</param>
public sealed record UserHistoryState(
    IReadOnlyList<HistoryEvent> Before, IReadOnlyList<HistoryEvent> Since, IReadOnlyList<HistoryTarget> Open, string LastSearch);
