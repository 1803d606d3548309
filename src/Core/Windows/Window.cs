namespace Tppo.Core.Windows;

/// <summary>A data point: what a person did, and the k searches that followed.</summary>
/// <param name="Id">SHA-256, in hex, of (user, id of the first target, id of the last) joined by 0x0A.</param>
/// <param name="User">Whose it is.</param>
/// <param name="History">Oldest first; never empty; every event strictly before the first target.</param>
/// <param name="Targets">The k searches, in order, trimmed and collapsed.</param>
public sealed record Window(string Id, string User, IReadOnlyList<HistoryEvent> History, IReadOnlyList<string> Targets);
