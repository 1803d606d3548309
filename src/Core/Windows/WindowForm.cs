using System.Text.Json;
using Tppo.Core.Events;

namespace Tppo.Core.Windows;

/// <summary>Whether bytes are a window's JSON, told in one pass that makes no objects: records of a topic are looked at each time they are read.</summary>
public static class WindowForm
{
    /// <summary>What is not as in a window of version 1 with this id; null where all is.</summary>
    /// <param name="utf8">The bytes.</param>
    /// <param name="id">The window's id.</param>
    public static string? Fault(ReadOnlySpan<byte> utf8, string id)
    {
        var json = new Utf8JsonReader(utf8);
        try
        {
            return Window(ref json, id) ?? (json.Read() ? "expected the end of the window, found more" : null);
        }
        catch (JsonException e)
        {
            return $"expected a window, found no JSON of one: {e.Message}";
        }
    }

    private static string? Window(ref Utf8JsonReader json, string id)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) return "expected a window, found no object";
        var seen = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            int field;
            if (json.ValueTextEquals("v"u8))
            {
                field = 1;
                if (!json.Read() || json.TokenType != JsonTokenType.Number || !json.TryGetInt32(out var version) || version != 1) return "\"v\": expected 1";
            }
            else if (json.ValueTextEquals("window"u8))
            {
                field = 2;
                if (!Text(ref json) || !json.ValueTextEquals(id)) return "\"window\": expected the id in ce_id, found another";
            }
            else if (json.ValueTextEquals("user"u8))
            {
                field = 4;
                if (!Text(ref json)) return "\"user\": expected a text";
            }
            else if (json.ValueTextEquals("history"u8))
            {
                field = 8;
                if (!History(ref json)) return "\"history\": expected events {type, time, text, url}";
            }
            else if (json.ValueTextEquals("targets"u8))
            {
                field = 16;
                if (!Targets(ref json)) return "\"targets\": expected texts";
            }
            else
            {
                return "expected {v, window, user, history, targets}, found another field";
            }

            if ((seen & field) != 0) return "expected each field once";
            seen |= field;
        }

        return seen == 31 ? null : "expected {v, window, user, history, targets}, found less";
    }

    private static bool History(ref Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartArray) return false;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType != JsonTokenType.StartObject || !Event(ref json)) return false;
        }

        return true;
    }

    private static bool Event(ref Utf8JsonReader json)
    {
        var seen = 0;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var field = json.ValueTextEquals("type"u8) ? 1 : json.ValueTextEquals("time"u8) ? 2 : json.ValueTextEquals("text"u8) ? 4
                : json.ValueTextEquals("url"u8) ? 8 : 0;
            if (field == 0 || (seen & field) != 0 || !Text(ref json)) return false;
            if ((field == 1 && !IsType(ref json)) || (field == 2 && !json.TryGetDateTimeOffset(out _))) return false;
            seen |= field;
        }

        return seen == 15;
    }

    private static bool IsType(ref Utf8JsonReader json)
    {
        foreach (var type in EventTypes.All)
        {
            if (json.ValueTextEquals(type.Name())) return true;
        }

        return false;
    }

    private static bool Targets(ref Utf8JsonReader json)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.StartArray) return false;
        while (json.Read() && json.TokenType == JsonTokenType.String)
        {
        }

        return json.TokenType == JsonTokenType.EndArray;
    }

    private static bool Text(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.String;
}
