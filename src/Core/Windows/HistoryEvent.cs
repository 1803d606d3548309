using System.Text;
using Tppo.Core.Events;

namespace Tppo.Core.Windows;

/// <summary>An event as it stands in a window's history: its text trimmed and collapsed.</summary>
/// <param name="Type">What was done.</param>
/// <param name="Time">When, in UTC.</param>
/// <param name="Text">What it says; may be empty.</param>
/// <param name="Url">Where; may be empty.</param>
public sealed record HistoryEvent(EventType Type, DateTime Time, string Text, string Url)
{
    // Between text and URL in the event's JSON, and behind the URL.
    private const int BetweenTexts = 9;
    private const int BehindTexts = 2;

    // Histories hold millions of events for long, and give each out in window after window as the same bytes. Whoever keeps one
    // keeps its JSON alone, in which text and URL are found again; where they stand escaped there, they follow behind it.
    private byte[]? packed;
    private string? text = Text, url = Url;
    private int jsonLength, textStart, textLength, urlStart, urlLength;

    private HistoryEvent(HistoryEvent original) => (Type, Time, text, url) = (original.Type, original.Time, original.Text, original.Url);

    /// <summary>What it says; may be empty.</summary>
    public string Text
    {
        get => text ?? Encoding.UTF8.GetString(TextUtf8);
        init => text = value;
    }

    /// <summary>Where; may be empty.</summary>
    public string Url
    {
        get => url ?? Encoding.UTF8.GetString(UrlUtf8);
        init => url = value;
    }

    internal ReadOnlySpan<byte> Json => Packed().AsSpan(0, jsonLength);

    internal ReadOnlySpan<byte> TextUtf8 => Packed().AsSpan(textStart, textLength);

    internal ReadOnlySpan<byte> UrlUtf8 => Packed().AsSpan(urlStart, urlLength);

    /// <summary>Whether type, time, text and URL are the same.</summary>
    public bool Equals(HistoryEvent? other) => other is not null && Type == other.Type && Time == other.Time && Text == other.Text && Url == other.Url;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Time, Text, Url);

    private byte[] Packed()
    {
        if (packed is not null) return packed;
        var json = WindowJson.Write(this);
        var (textUtf8, urlUtf8) = (Encoding.UTF8.GetBytes(Text), Encoding.UTF8.GetBytes(Url));
        var urlAt = json.Length - BehindTexts - urlUtf8.Length;
        var textAt = urlAt - BetweenTexts - textUtf8.Length;
        (jsonLength, textLength, urlLength) = (json.Length, textUtf8.Length, urlUtf8.Length);
        if (textAt < 0 || !json.AsSpan(urlAt, urlLength).SequenceEqual(urlUtf8) || !json.AsSpan(textAt, textLength).SequenceEqual(textUtf8))
        {
            (textAt, urlAt) = (json.Length, json.Length + textLength);
            json = [.. json, .. textUtf8, .. urlUtf8];
        }

        // Threads that meet here find the same; whoever sees the bytes sees where the texts stand in them.
        (textStart, urlStart) = (textAt, urlAt);
        Volatile.Write(ref packed, json);
        (text, url) = (null, null);
        return json;
    }
}
