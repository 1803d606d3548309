// A chat model from a GGUF file behind an OpenAI-compatible door.
//
//   POST /v1/chat/completions   messages (and a form, response_format: json_schema) in, an answer and its token counts out
//   GET  /v1/models             the one model
//   GET  /health                ok
//
// One answer at a time, in the order of asking; what waits is bounded. Headers are sent when work on an answer begins: whoever
// sees the process die knows whether it died of this question.
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Tppo.Core;
using Tppo.JudgeServer.Answers;
using Tppo.JudgeServer.Gguf;
using Tppo.JudgeServer.Requests;

namespace Tppo.JudgeServer;

/// <summary>Serves one model until it is disposed.</summary>
public sealed class ChatServer : IAsyncDisposable
{
    private const int BodyBytesMax = 4 << 20;
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(2);
    private readonly ChatModel model;
    private readonly Turns turns;
    private readonly WebApplication application;
    private readonly string id;
    private readonly long created;
    private long asked;

    private ChatServer(ChatModel model, string id, JudgeServerOptions options, TimeProvider clock)
    {
        (this.model, this.id, turns, created) = (model, id, new Turns(options.WaitingMax), clock.GetUtcNow().ToUnixTimeSeconds());
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseShutdownTimeout(StopMax);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = BodyBytesMax;
            if (options.Socket is { } socket) kestrel.ListenUnixSocket(socket);
            else kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        application = builder.Build();
        application.MapGet("/health", () => Results.Text("{\"status\":\"ok\"}", "application/json"));
        application.MapGet("/v1/models", () => Results.Bytes(AnswerJson.Models(id, created), "application/json"));
        application.MapPost("/v1/chat/completions", CompleteAsync);
    }

    /// <summary>What the model is called here: <see cref="GgufFile.IdOf"/>.</summary>
    public string Model => id;

    /// <summary>The file's name, which it answers to as well.</summary>
    public string Name => model.Name;

    /// <summary>Most tokens of a question and its answer.</summary>
    public int ContextTokens => model.ContextTokens;

    /// <summary>Where it listens.</summary>
    public string Url => application.Urls.First();

    /// <summary>Loads the model and starts to listen.</summary>
    /// <param name="options">What it needs.</param>
    /// <param name="clock">Dates answers.</param>
    /// <exception cref="UserException">The file is no chat model, or the port is taken.</exception>
    public static async Task<ChatServer> StartAsync(JudgeServerOptions options, TimeProvider clock)
    {
        var id = GgufFile.IdOf(options.File);
        var server = new ChatServer(ChatModel.Open(options.File, options.ContextTokens, options.Threads), id, options, clock);
        try
        {
            await server.application.StartAsync();
            return server;
        }
        catch (Exception e) when (e is IOException or System.Net.Sockets.SocketException)
        {
            await server.DisposeAsync();
            throw new UserException($"--port {options.Port}: expected a free port, found: {e.Message}", e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await application.DisposeAsync();
        await turns.LastAsync();
        model.Dispose();
        turns.Dispose();
    }

    private async Task CompleteAsync(HttpContext http)
    {
        try
        {
            var request = RequestReader.Read(await BodyAsync(http));
            if (request.Model.Length > 0 && request.Model != id && request.Model != model.Name) throw RequestException.NoModel(request.Model, id);
            using var turn = await turns.NextAsync(http.RequestAborted);
            var prompt = model.Prompt(request);
            var name = $"chatcmpl-{Interlocked.Increment(ref asked)}";
            await (request.Streams ? StreamAsync(http, request, prompt, name) : AnswerAsync(http, request, prompt, name));
        }
        catch (RequestException e)
        {
            http.Response.StatusCode = e.Status;
            http.Response.ContentType = "application/json";
            if (e.Status == StatusCodes.Status429TooManyRequests) http.Response.Headers.RetryAfter = "1";
            await http.Response.Body.WriteAsync(AnswerJson.Fault(e), http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
    }

    private async Task AnswerAsync(HttpContext http, CompletionRequest request, int[] prompt, string name)
    {
        http.Response.ContentType = "application/json";
        await http.Response.StartAsync(http.RequestAborted);
        var answer = await Task.Run(() => model.Answer(request, prompt, _ => { }, http.RequestAborted));
        await http.Response.Body.WriteAsync(AnswerJson.Whole(name, id, created, answer), http.RequestAborted);
    }

    private async Task StreamAsync(HttpContext http, CompletionRequest request, int[] prompt, string name)
    {
        http.Response.ContentType = "text/event-stream";
        await http.Response.StartAsync(http.RequestAborted);
        var pieces = System.Threading.Channels.Channel.CreateUnbounded<string>();
        var answering = Task.Run(() =>
        {
            try
            {
                return model.Answer(request, prompt, piece => pieces.Writer.TryWrite(piece), http.RequestAborted);
            }
            finally
            {
                pieces.Writer.Complete();
            }
        });
        await foreach (var piece in pieces.Reader.ReadAllAsync(http.RequestAborted)) await SendAsync(http, AnswerJson.Piece(name, id, created, piece));
        var answer = await answering;
        await SendAsync(http, AnswerJson.Last(name, id, created, answer));
        if (request.StreamsUsage) await SendAsync(http, AnswerJson.Used(name, id, created, answer));
        await SendAsync(http, "[DONE]"u8.ToArray());
    }

    private static async Task SendAsync(HttpContext http, byte[] data)
    {
        await http.Response.Body.WriteAsync((byte[])[.. "data: "u8, .. data, .. "\n\n"u8], http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    private static async Task<ReadOnlyMemory<byte>> BodyAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        try
        {
            await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new RequestException(e.StatusCode, "invalid_request_error", null, $"expected at most {BodyBytesMax} bytes, found more");
        }

        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
