using Tppo.Core.Events;

namespace Tppo.Core.Windows;

/// <summary>An event as it stands in a window's history: its text trimmed and collapsed.</summary>
/// <param name="Type">What was done.</param>
/// <param name="Time">When, in UTC.</param>
/// <param name="Text">What it says; may be empty.</param>
/// <param name="Url">Where; may be empty.</param>
public sealed record HistoryEvent(EventType Type, DateTime Time, string Text, string Url)
{
    // An event stands in window after window, each time as the same bytes: they are made once. No part of what the event is.
    private byte[]? json;

    private HistoryEvent(HistoryEvent original) => (Type, Time, Text, Url) = (original.Type, original.Time, original.Text, original.Url);

    internal ReadOnlySpan<byte> Json => json ??= WindowJson.Write(this);

    /// <summary>Whether type, time, text and URL are the same.</summary>
    public bool Equals(HistoryEvent? other) =>
        other is not null && Type == other.Type && Time == other.Time && Text == other.Text && Url == other.Url;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Time, Text, Url);
}
