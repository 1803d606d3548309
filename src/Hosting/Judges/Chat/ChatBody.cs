using System.Text;
using System.Text.Json;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Text;

namespace Tppo.Hosting.Judges.Chat;

/// <summary>Reads the body of a chat completion: one JSON object, or events of one (SSE).</summary>
public static class ChatBody
{
    private const string Event = "data:";
    private const int BytesShown = 80;
    private const string Done = "[DONE]";
    private static readonly string[] ErrorFields = ["code", "type", "message"];

    /// <summary>Reads it.</summary>
    /// <exception cref="ChatException">It is an error, cut short, or something else.</exception>
    public static ChatAnswer Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var text = Encoding.UTF8.GetString(body).TrimStart('\uFEFF', ' ', '\r', '\n', '\t');
            return text.StartsWith('{') ? ReadObject(text) : ReadEvents(text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            var found = Printable.Of(Encoding.UTF8.GetString(body[..Math.Min(BytesShown, body.Length)]));
            throw Broken($"expected a chat completion as JSON, found {found}", body.Length, e);
        }
    }

    /// <summary>What an error body says, in one line.</summary>
    public static string Message(ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body);
        try
        {
            using var json = JsonDocument.Parse(text);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("error", out var error)) return ErrorText(error);
        }
        catch (JsonException)
        {
            // Gateways answer in HTML: shown as it is.
        }

        return Printable.Short(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)));
    }

    private static ChatAnswer ReadObject(string text)
    {
        using var json = JsonDocument.Parse(text);
        var root = json.RootElement;
        RefuseError(root, text.Length);
        if (!root.TryGetProperty("choices", out var choices)) throw Broken("expected \"choices\" in the answer, found none", text.Length);
        var (prompt, completion) = Usage(root);
        if (choices.GetArrayLength() == 0) return new ChatAnswer(new Completion(null), prompt, completion);
        var choice = choices[0];
        var message = choice.GetProperty("message");
        return new ChatAnswer(new Completion(Content(message), Text(message, "refusal"), Text(choice, "finish_reason")), prompt, completion);
    }

    private static ChatAnswer ReadEvents(string text)
    {
        var content = new StringBuilder();
        string? refusal = null, finish = null;
        int? prompt = null, completion = null;
        var (events, ended) = (0, false);
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith(Event, StringComparison.Ordinal)) continue;
            var data = line[Event.Length..].Trim();
            events++;
            if (data == Done)
            {
                // What comes behind the end is another answer, and nobody asked for it.
                ended = true;
                break;
            }

            using var json = JsonDocument.Parse(data);
            RefuseError(json.RootElement, text.Length);
            var usage = Usage(json.RootElement);
            (prompt, completion) = (usage.Prompt ?? prompt, usage.Completion ?? completion);
            if (!json.RootElement.TryGetProperty("choices", out var choices)) continue;
            foreach (var choice in choices.EnumerateArray())
            {
                // One answer was asked for; a server that sends more has the first one taken.
                if (finish is not null || (choice.TryGetProperty("index", out var index) && index.GetInt32() != 0)) continue;
                finish = Text(choice, "finish_reason");
                if (!choice.TryGetProperty("delta", out var delta)) continue;
                content.Append(Content(delta));
                refusal = Text(delta, "refusal") is { } more ? refusal + more : refusal;
            }
        }

        if (events == 0) throw new FormatException("neither an object nor events");
        if (!ended && finish is null) throw Broken("the answer was cut off before its end", text.Length);
        return new ChatAnswer(new Completion(content.Length == 0 ? null : content.ToString(), refusal, finish), prompt, completion);
    }

    private static void RefuseError(JsonElement root, int length)
    {
        if (root.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null) throw Broken($"upstream_error: {ErrorText(error)}", length);
    }

    private static string ErrorText(JsonElement error)
    {
        if (error.ValueKind == JsonValueKind.String) return Printable.Short(error.GetString()!);
        if (error.ValueKind != JsonValueKind.Object) return Printable.Short(error.GetRawText());
        string[] said = [.. ErrorFields.Select(n => error.TryGetProperty(n, out var v) ? v.ToString() : "").Where(v => v.Length > 0)];
        return Printable.Short(string.Join(": ", said));
    }

    private static (int? Prompt, int? Completion) Usage(JsonElement root)
    {
        if (!root.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object) return (null, null);
        return (Count(usage, "prompt_tokens"), Count(usage, "completion_tokens"));
    }

    private static int? Count(JsonElement usage, string name) =>
        usage.TryGetProperty(name, out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var n) && n >= 0 ? n : null;

    // A text, or parts of one.
    private static string? Content(JsonElement message)
    {
        if (!message.TryGetProperty("content", out var content)) return null;
        return content.ValueKind switch
        {
            JsonValueKind.String => content.GetString(),
            JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part => Text(part, "text"))),
            _ => null,
        };
    }

    private static string? Text(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static ChatException Broken(string message, int received, Exception? inner = null) =>
        new(FailureKind.Broken, message, inner) { BytesReceived = received };
}
