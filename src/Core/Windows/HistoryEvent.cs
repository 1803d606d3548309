using Tppo.Core.Events;

namespace Tppo.Core.Windows;

/// <summary>An event as it stands in a window's history: its text trimmed and collapsed.</summary>
public sealed record HistoryEvent(EventType Type, DateTime Time, string Text, string Url);
