namespace Tppo.Core.Windows;

/// <summary>A target that waits for the rest of its window.</summary>
public sealed record HistoryTarget(string EventId, DateTime Time, string Text);
