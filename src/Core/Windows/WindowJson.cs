using System.Buffers;
using System.Text.Json;
using Tppo.Core.Events;

namespace Tppo.Core.Windows;

/// <summary>Windows as JSON, version 1: <c>{"v":1,"window","user","history":[{"type","time","text","url"}],"targets":[…]}</c>.</summary>
public static class WindowJson
{
    /// <summary>Writes a window.</summary>
    public static byte[] Write(Window window)
    {
        var buffer = new ArrayBufferWriter<byte>(2048);
        using var json = new Utf8JsonWriter(buffer, EventJson.Writing);
        json.WriteStartObject();
        json.WriteNumber("v"u8, 1);
        json.WriteString("window"u8, window.Id);
        json.WriteString("user"u8, window.User);
        json.WriteStartArray("history"u8);
        foreach (var e in window.History)
        {
            json.WriteStartObject();
            json.WriteString("type"u8, e.Type.Name());
            json.WriteString("time"u8, EventTime.Format(e.Time));
            json.WriteString("text"u8, e.Text);
            json.WriteString("url"u8, e.Url);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("targets"u8);
        foreach (var target in window.Targets) json.WriteStringValue(target);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

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

    private static HistoryEvent ReadEvent(JsonElement e)
    {
        if (!EventTypes.TryParse(e.GetProperty("type").GetString()!, out var type)) throw new FormatException("window: unknown event type");
        if (!EventTime.TryParse(e.GetProperty("time").GetString(), out var time)) throw new FormatException("window: a time is not ISO-8601");
        return new HistoryEvent(type, time, e.GetProperty("text").GetString()!, e.GetProperty("url").GetString()!);
    }
}
