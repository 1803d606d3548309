using System.Buffers;
using System.Text.Json;
using Tppo.Core.Events;

namespace Tppo.Hosting.Judges.Chat;

/// <summary>One question to a chat endpoint.</summary>
/// <param name="Model">The model's name there.</param>
/// <param name="Prompt">The user's message.</param>
/// <param name="TokensMax">Most tokens of the answer.</param>
/// <param name="Temperature">0: the likeliest answer.</param>
/// <param name="Seed">Seed, where the endpoint takes one.</param>
/// <param name="Schema">The form that the answer is held to, a JSON schema as UTF-8; null: none.</param>
/// <param name="Id">Names the question over retries.</param>
public sealed record ChatRequest(string Model, string Prompt, int TokensMax, double Temperature, long Seed, byte[]? Schema, string Id)
{
    private const int BytesPerToken = 4;

    /// <summary>About how many tokens it will take, for limits and for what is paid where the endpoint does not say.</summary>
    public int PromptTokensAbout => (System.Text.Encoding.UTF8.GetByteCount(Prompt) / BytesPerToken) + 1;

    /// <summary>About how many tokens so many bytes of an answer are.</summary>
    public static int TokensAbout(int bytes) => (bytes / BytesPerToken) + (bytes > 0 ? 1 : 0);

    /// <summary>The request's body.</summary>
    /// <param name="dialect">What the endpoint takes.</param>
    /// <param name="streams">Whether the answer is to come as it is written.</param>
    public ReadOnlyMemory<byte> ToJson(ChatDialect dialect, bool streams)
    {
        var buffer = new ArrayBufferWriter<byte>(Prompt.Length + (Schema?.Length ?? 0) + 512);
        using var json = new Utf8JsonWriter(buffer, EventJson.Writing);
        json.WriteStartObject();
        json.WriteString("model", Model);
        json.WriteStartArray("messages");
        json.WriteStartObject();
        json.WriteString("role", "user");
        json.WriteString("content", Prompt);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteNumber(dialect.SaysCompletionTokens ? "max_completion_tokens" : "max_tokens", TokensMax);
        if (dialect.TakesTemperature) json.WriteNumber("temperature", Temperature);
        if (dialect.TakesSeed) json.WriteNumber("seed", Seed);
        if (Schema is not null && dialect.TakesSchema) WriteForm(json, Schema);
        if (streams)
        {
            json.WriteBoolean("stream", true);
            json.WriteStartObject("stream_options");
            json.WriteBoolean("include_usage", true);
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void WriteForm(Utf8JsonWriter json, byte[] schema)
    {
        json.WriteStartObject("response_format");
        json.WriteString("type", "json_schema");
        json.WriteStartObject("json_schema");
        json.WriteString("name", "judgement");
        json.WriteBoolean("strict", true);
        json.WritePropertyName("schema");
        json.WriteRawValue(schema, skipInputValidation: true);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
