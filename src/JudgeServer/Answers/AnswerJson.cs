using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Tppo.JudgeServer.Gguf;
using Tppo.JudgeServer.Requests;

namespace Tppo.JudgeServer.Answers;

/// <summary>Answers as OpenAI's chat completions have them.</summary>
internal static class AnswerJson
{
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A whole answer.</summary>
    public static byte[] Whole(string id, string model, long created, Generated answer) => Write(json =>
    {
        Begin(json, "chat.completion", id, model, created);
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("message");
        json.WriteString("role", "assistant");
        json.WriteString("content", answer.Text);
        json.WriteEndObject();
        json.WriteString("finish_reason", Finish(answer));
        json.WriteEndObject();
        json.WriteEndArray();
        WriteUsage(json, answer);
    });

    /// <summary>A piece of an answer in a stream.</summary>
    public static byte[] Piece(string id, string model, long created, string text) => Write(json =>
    {
        Begin(json, "chat.completion.chunk", id, model, created);
        WriteDelta(json, text, finish: null);
    });

    /// <summary>The piece that says why a stream ends.</summary>
    public static byte[] Last(string id, string model, long created, Generated answer) => Write(json =>
    {
        Begin(json, "chat.completion.chunk", id, model, created);
        WriteDelta(json, text: null, Finish(answer));
    });

    /// <summary>The piece that says what a stream used.</summary>
    public static byte[] Used(string id, string model, long created, Generated answer) => Write(json =>
    {
        Begin(json, "chat.completion.chunk", id, model, created);
        json.WriteStartArray("choices");
        json.WriteEndArray();
        WriteUsage(json, answer);
    });

    /// <summary>What is wrong with a request.</summary>
    public static byte[] Fault(RequestException fault) => Write(json =>
    {
        json.WriteStartObject("error");
        json.WriteString("message", fault.Message);
        json.WriteString("type", fault.Type);
        json.WriteString("code", fault.Code);
        json.WriteEndObject();
    });

    /// <summary>Which models there are: one.</summary>
    public static byte[] Models(string model, long created) => Write(json =>
    {
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        json.WriteStartObject();
        json.WriteString("id", model);
        json.WriteString("object", "model");
        json.WriteNumber("created", created);
        json.WriteString("owned_by", "file");
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static void Begin(Utf8JsonWriter json, string kind, string id, string model, long created)
    {
        json.WriteString("id", id);
        json.WriteString("object", kind);
        json.WriteNumber("created", created);
        json.WriteString("model", model);
    }

    private static void WriteDelta(Utf8JsonWriter json, string? text, string? finish)
    {
        json.WriteStartArray("choices");
        json.WriteStartObject();
        json.WriteNumber("index", 0);
        json.WriteStartObject("delta");
        if (text is not null) json.WriteString("content", text);
        json.WriteEndObject();
        json.WriteString("finish_reason", finish);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteUsage(Utf8JsonWriter json, Generated answer)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", answer.PromptTokens);
        json.WriteNumber("completion_tokens", answer.AnswerTokens);
        json.WriteNumber("total_tokens", answer.PromptTokens + answer.AnswerTokens);
        json.WriteStartObject("prompt_tokens_details");
        json.WriteNumber("cached_tokens", answer.TokensKept);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static string Finish(Generated answer) => answer.IsCut ? "length" : "stop";

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Writing))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
