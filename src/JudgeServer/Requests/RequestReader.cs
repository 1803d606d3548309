using System.Text.Json;
using Tppo.JudgeServer.Forms;

namespace Tppo.JudgeServer.Requests;

/// <summary>Reads a body. What is not known here and would change the answer is refused by name, never passed over.</summary>
internal static class RequestReader
{
    private const int MessagesMax = 256, DepthMax = 80;

    // What changes nothing here.
    private static readonly string[] WithoutEffect = ["user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key"];

    /// <summary>The request.</summary>
    /// <exception cref="RequestException">It is none, or asks for what is not to be had here.</exception>
    public static CompletionRequest Read(ReadOnlyMemory<byte> body)
    {
        using var document = Parse(body);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw RequestException.Invalid($"expected an object, found {root.ValueKind}");
        IReadOnlyList<ChatMessage>? messages = null;
        var request = new CompletionRequest { Model = "", Messages = [] };
        foreach (var field in root.EnumerateObject().Where(f => f.Value.ValueKind != JsonValueKind.Null))
        {
            var value = field.Value;
            switch (field.Name)
            {
                case "model": request = request with { Model = Text(field) }; break;
                case "messages": messages = Messages(value); break;
                case "max_tokens" or "max_completion_tokens": request = request with { TokensMax = Whole(field, 1) }; break;
                case "temperature": request = request with { Temperature = Number(field, 0, 2) }; break;
                case "seed": request = request with { Seed = value.TryGetInt64(out var seed) ? seed : throw Fault(field, "a whole number") }; break;
                case "stream": request = request with { Streams = Flag(field) }; break;
                case "stream_options": request = request with { StreamsUsage = IncludesUsage(field) }; break;
                case "response_format": request = request with { Form = Form(value) }; break;
                default:
                    if (!WithoutEffect.Contains(field.Name) && !IsNeutral(field)) throw RequestException.Invalid($"{field.Name}: not supported here");
                    break;
            }
        }

        return request with { Messages = messages ?? throw RequestException.Invalid("messages: expected a list, found none") };
    }

    private static JsonDocument Parse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = DepthMax });
        }
        catch (JsonException e)
        {
            throw RequestException.Invalid($"expected JSON: {e.Message}");
        }
    }

    private static List<ChatMessage> Messages(JsonElement messages)
    {
        if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() is 0 or > MessagesMax)
            throw RequestException.Invalid($"messages: expected a list of 1 to {MessagesMax}");
        return [.. messages.EnumerateArray().Select(Message)];
    }

    private static ChatMessage Message(JsonElement message, int at)
    {
        if (message.ValueKind != JsonValueKind.Object) throw RequestException.Invalid($"messages[{at}]: expected an object, found {message.ValueKind}");
        var role = message.TryGetProperty("role", out var said) && said.ValueKind == JsonValueKind.String ? said.GetString() : null;
        if (role == "developer") role = "system";
        if (role is not ("system" or "user" or "assistant"))
            throw RequestException.Invalid($"messages[{at}].role: expected system, user or assistant, found '{role}'");
        if (!message.TryGetProperty("content", out var content)) throw RequestException.Invalid($"messages[{at}].content: expected text, found none");
        return new ChatMessage(role, Content(content, at));
    }

    private static string Content(JsonElement content, int at) => content.ValueKind switch
    {
        JsonValueKind.String => content.GetString()!,
        JsonValueKind.Array => string.Concat(content.EnumerateArray().Select(part =>
            part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()
                : throw RequestException.Invalid($"messages[{at}].content: expected parts of text"))),
        _ => throw RequestException.Invalid($"messages[{at}].content: expected text, found {content.ValueKind}"),
    };

    private static IReadOnlyList<FormPart>? Form(JsonElement format)
    {
        var type = format.ValueKind == JsonValueKind.Object && format.TryGetProperty("type", out var said) ? said.ToString() : null;
        if (type == "text") return null;
        if (type != "json_schema") throw RequestException.Invalid($"response_format.type: expected text or json_schema, found '{type}'");
        return format.TryGetProperty("json_schema", out var named) && named.ValueKind == JsonValueKind.Object && named.TryGetProperty("schema", out var schema)
            ? SchemaForm.Read(schema)
            : throw RequestException.Invalid("response_format.json_schema.schema: expected a schema, found none");
    }

    private static bool IncludesUsage(JsonProperty options)
    {
        if (options.Value.ValueKind != JsonValueKind.Object) throw Fault(options, "an object");
        return options.Value.TryGetProperty("include_usage", out var flag) && flag.ValueKind == JsonValueKind.True;
    }

    // What says only what holds anyway.
    private static bool IsNeutral(JsonProperty field) => field.Name switch
    {
        "n" or "top_p" => field.Value.TryGetDouble(out var one) && one == 1,
        "presence_penalty" or "frequency_penalty" => field.Value.TryGetDouble(out var none) && none == 0,
        "logprobs" => field.Value.ValueKind == JsonValueKind.False,
        _ => field.Value.ValueKind is JsonValueKind.Array && field.Value.GetArrayLength() == 0,
    };

    private static string Text(JsonProperty field) => field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : throw Fault(field, "text");

    private static bool Flag(JsonProperty field) => field.Value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Fault(field, "true or false"),
    };

    private static int Whole(JsonProperty field, int least) =>
        field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetInt32(out var number) && number >= least
            ? number
            : throw Fault(field, $"a whole number from {least}");

    private static double Number(JsonProperty field, double least, double most) =>
        field.Value.ValueKind == JsonValueKind.Number && field.Value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Fault(field, FormattableString.Invariant($"{least} to {most}"));

    private static RequestException Fault(JsonProperty field, string expected)
    {
        var found = field.Value.ValueKind == JsonValueKind.Number ? field.Value.ToString() : field.Value.ValueKind.ToString();
        return RequestException.Invalid($"{field.Name}: expected {expected}, found {found}");
    }
}
