using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tppo.TestKit.Judges;

/// <summary>What the stand-in does with a question: writes an answer, good or bad, in its own time.</summary>
/// <param name="WriteAsync">Writes it.</param>
public sealed record StandInAnswer(Func<HttpContext, CancellationToken, Task> WriteAsync)
{
    /// <summary>Whether the answer is one that is paid for.</summary>
    public bool IsPaid { get; init; }

    /// <summary>A chat completion.</summary>
    public static StandInAnswer Content(string? content, string finish = "stop", string? refusal = null)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = content, ["refusal"] = refusal };
        var body = new JsonObject
        {
            ["id"] = "stand-in",
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = finish }),
            ["usage"] = new JsonObject { ["prompt_tokens"] = 100, ["completion_tokens"] = 20, ["total_tokens"] = 120 },
        };
        return Json(200, body) with { IsPaid = true };
    }

    /// <summary>A body as it is.</summary>
    public static StandInAnswer Body(int status, string body, string type = "application/json", params (string Name, string Value)[] headers) =>
        new(async (context, cancellation) =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = type;
            foreach (var (name, value) in headers) context.Response.Headers[name] = value;
            await context.Response.WriteAsync(body, cancellation);
        });

    /// <summary>An object.</summary>
    public static StandInAnswer Json(int status, JsonNode body, params (string Name, string Value)[] headers) =>
        Body(status, body.ToJsonString(), "application/json", headers);

    /// <summary>An error in the shape that most servers use.</summary>
    public static StandInAnswer Error(int status, string message, string code = "", params (string Name, string Value)[] headers) =>
        Json(status, new JsonObject { ["error"] = new JsonObject { ["message"] = message, ["type"] = "error", ["code"] = code } }, headers);

    /// <summary>Pieces of a body with pauses before them; a negative pause cuts the connection.</summary>
    public static StandInAnswer Drip(string type, params (int PauseMilliseconds, string Text)[] pieces) => new(async (context, cancellation) =>
    {
        context.Response.ContentType = type;
        foreach (var (pause, text) in pieces)
        {
            if (pause < 0)
            {
                await Task.Delay(-pause, cancellation);
                context.Abort();
                return;
            }

            await Task.Delay(pause, cancellation);
            await context.Response.WriteAsync(text, cancellation);
            await context.Response.Body.FlushAsync(cancellation);
        }
    });

    /// <summary>An answer as events, a piece of the content each.</summary>
    public static StandInAnswer Events(params string[] data) =>
        Drip("text/event-stream", [.. data.Select(d => (0, $"data: {d}\n\n"))]) with { IsPaid = true };

    /// <summary>An event that holds a piece of the content.</summary>
    public static string Delta(string content) =>
        new JsonObject { ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject { ["content"] = content } }) }.ToJsonString();

    /// <summary>The same answer after a while.</summary>
    public StandInAnswer After(TimeSpan pause) => this with
    {
        WriteAsync = async (context, cancellation) =>
        {
            await Task.Delay(pause, cancellation);
            await WriteAsync(context, cancellation);
        },
    };
}
