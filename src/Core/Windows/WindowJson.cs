using System.Text.Json;
using Tppo.Core.Events;

namespace Tppo.Core.Windows;

/// <summary>Windows as JSON, version 1: <c>{"v":1,"window","user","history":[{"type","time","text","url"}],"targets":[…]}</c>.</summary>
public static class WindowJson
{
    /// <summary>Writes a window.</summary>
    public static byte[] Write(Window window) => Write(window, static bytes => bytes.ToArray());

    /// <summary>Writes a window; gives what <paramref name="keep"/> makes of its bytes, which it must not hold on to.</summary>
    public static T Write<T>(Window window, Func<ReadOnlySpan<byte>, T> keep)
    {
        // Events that were in no window yet are written out first: the scratch is for one at a time.
        foreach (var e in window.History) _ = e.Json;
        return JsonScratch.Write(window, WriteParts, keep);
    }

    /// <summary>Writes one event of a history.</summary>
    internal static byte[] Write(HistoryEvent e) => JsonScratch.Write(e, static (json, e) =>
    {
        Span<byte> time = stackalloc byte[32];
        json.WriteStartObject();
        json.WriteString(EventJson.Names.Type, EventJson.Names.Of(e.Type));
        json.WriteString(EventJson.Names.Time, EventTime.Format(e.Time, time));
        json.WriteString(EventJson.Names.Text, e.Text);
        json.WriteString(EventJson.Names.Url, e.Url);
        json.WriteEndObject();
    });

    /// <summary>Reads a window.</summary>
    /// <exception cref="FormatException">Not a window of version 1.</exception>
    public static Window Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var json = JsonDocument.Parse(utf8);
            var root = json.RootElement;
            if (root.GetProperty("v").GetInt32() != 1) throw new FormatException("window: \"v\": expected 1");
            return new Window(
                root.GetProperty("window").GetString()!,
                root.GetProperty("user").GetString()!,
                [.. root.GetProperty("history").EnumerateArray().Select(ReadEvent)],
                [.. root.GetProperty("targets").EnumerateArray().Select(t => t.GetString()!)]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException("window: expected {v, window, user, history, targets}", e);
        }
    }

    private static void WriteParts(Utf8JsonWriter json, Window window)
    {
        json.WriteStartObject();
        json.WriteNumber(EventJson.Names.Version, 1);
        json.WriteString("window"u8, window.Id);
        json.WriteString(EventJson.Names.User, window.User);
        json.WriteStartArray("history"u8);
        foreach (var e in window.History) json.WriteRawValue(e.Json, skipInputValidation: true);
        json.WriteEndArray();
        json.WriteStartArray("targets"u8);
        foreach (var target in window.Targets) json.WriteStringValue(target);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static HistoryEvent ReadEvent(JsonElement e)
    {
        if (!EventTypes.TryParse(e.GetProperty("type").GetString()!, out var type)) throw new FormatException("window: unknown event type");
        if (!EventTime.TryParse(e.GetProperty("time").GetString(), out var time)) throw new FormatException("window: a time is not ISO-8601");
        return new HistoryEvent(type, time, e.GetProperty("text").GetString()!, e.GetProperty("url").GetString()!);
    }
}
