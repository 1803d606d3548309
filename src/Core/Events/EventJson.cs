using System.Text.Encodings.Web;
using System.Text.Json;

namespace Tppo.Core.Events;

/// <summary>Events as JSON, version 1: <c>{"v":1,"id","user","time","type","text","url"}</c>.</summary>
public static class EventJson
{
    private const int ShortTextMax = 64;

    /// <summary>People's text stays readable in the log: nothing but quotes, backslashes and controls is escaped.</summary>
    public static JsonWriterOptions Writing { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes an event.</summary>
    public static byte[] Write(UserEvent e) => JsonScratch.Write(e, static (json, e) =>
    {
        Span<byte> time = stackalloc byte[32];
        json.WriteStartObject();
        json.WriteNumber(Names.Version, 1);
        json.WriteString(Names.Id, e.Id);
        json.WriteString(Names.User, e.User);
        json.WriteString(Names.Time, EventTime.Format(e.Time, time));
        json.WriteString(Names.Type, Names.Of(e.Type));
        json.WriteString(Names.Text, e.Text);
        json.WriteString(Names.Url, e.Url);
        json.WriteEndObject();
    });

    /// <summary>Reads an event.</summary>
    /// <exception cref="FormatException">Not JSON, or a field is missing, doubled or of another form; the message names it.</exception>
    public static UserEvent Read(ReadOnlySpan<byte> utf8)
    {
        string? id = null, user = null, text = null, url = null;
        int? version = null;
        DateTime? time = null;
        EventType? type = null;
        try
        {
            var json = new Utf8JsonReader(utf8);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new FormatException("event: expected a JSON object");
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("v"u8)) TakeVersion(ref json, ref version);
                else if (json.ValueTextEquals("id"u8)) Take(ref json, "id", ref id);
                else if (json.ValueTextEquals("user"u8)) Take(ref json, "user", ref user);
                else if (json.ValueTextEquals("time"u8)) TakeTime(ref json, ref time);
                else if (json.ValueTextEquals("type"u8)) TakeType(ref json, ref type);
                else if (json.ValueTextEquals("text"u8)) Take(ref json, "text", ref text);
                else if (json.ValueTextEquals("url"u8)) Take(ref json, "url", ref url);
                else json.Skip();
            }

            if (json.Read()) throw new FormatException("event: expected one JSON object, found more behind it");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException("event: not a JSON object of strings", e);
        }

        if (version != 1)
            throw new FormatException($"event: \"v\": expected 1, found {version?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"}");
        return new UserEvent(Need(id, "id"), Need(user, "user"), Need(time, "time"), Need(type, "type"), Need(text, "text"), url ?? "");
    }

    private static void TakeVersion(ref Utf8JsonReader json, ref int? version)
    {
        json.Read();
        if (version is not null) throw new FormatException("event: \"v\" stands twice");
        version = json.TryGetInt32(out var number) ? number : throw new FormatException("event: \"v\": expected 1");
    }

    private static void TakeTime(ref Utf8JsonReader json, ref DateTime? value)
    {
        Span<char> text = stackalloc char[ShortTextMax];
        if (EventTime.TryParse(text[..ShortText(ref json, "time", value is not null, text)], out var utc)) value = utc;
        else throw new FormatException("event: \"time\": expected ISO-8601");
    }

    private static void TakeType(ref Utf8JsonReader json, ref EventType? value)
    {
        Span<char> text = stackalloc char[ShortTextMax];
        if (EventTypes.TryParse(text[..ShortText(ref json, "type", value is not null, text)], out var type)) value = type;
        else throw new FormatException("event: \"type\": expected search, click, purchase or visit");
    }

    // Read where it stands: no string is made of it. What is longer than a time or a type can be is none.
    private static int ShortText(scoped ref Utf8JsonReader json, string name, bool again, scoped Span<char> buffer)
    {
        json.Read();
        if (again) throw new FormatException($"event: \"{name}\" stands twice");
        return json.TokenType == JsonTokenType.Null || json.ValueSpan.Length > buffer.Length ? 0 : json.CopyString(buffer);
    }

    private static void Take(ref Utf8JsonReader json, string name, ref string? value)
    {
        json.Read();
        if (value is not null) throw new FormatException($"event: \"{name}\" stands twice");
        value = json.GetString();
    }

    // Names that need no escaping are looked at once, not once an event.
    internal static class Names
    {
        internal static readonly JsonEncodedText Version = JsonEncodedText.Encode("v");
        internal static readonly JsonEncodedText Id = JsonEncodedText.Encode("id");
        internal static readonly JsonEncodedText User = JsonEncodedText.Encode("user");
        internal static readonly JsonEncodedText Time = JsonEncodedText.Encode("time");
        internal static readonly JsonEncodedText Type = JsonEncodedText.Encode("type");
        internal static readonly JsonEncodedText Text = JsonEncodedText.Encode("text");
        internal static readonly JsonEncodedText Url = JsonEncodedText.Encode("url");
        private static readonly JsonEncodedText[] Types = [.. EventTypes.All.Select(t => JsonEncodedText.Encode(t.Name()))];

        internal static JsonEncodedText Of(EventType type) => Types[(int)type];
    }

    private static string Need(string? value, string name) => value ?? throw Missing(name);

    private static T Need<T>(T? value, string name)
        where T : struct => value ?? throw Missing(name);

    private static FormatException Missing(string name) => new($"event: \"{name}\" is missing");
}
