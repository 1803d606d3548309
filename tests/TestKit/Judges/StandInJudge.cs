using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Tppo.TestKit.Judges;

/// <summary>
/// A chat endpoint that speaks HTTP for real and answers by script: well, badly, late or not at all. It counts what it was asked and
/// what it answered to the end.
/// </summary>
public sealed class StandInJudge : IAsyncDisposable
{
    private readonly WebApplication application;
    private readonly Func<StandInRequest, StandInAnswer> script;
    private readonly ConcurrentDictionary<string, int> answered = new();
    private readonly ConcurrentQueue<StandInRequest> requests = new();
    private int number = -1, inFlight, inFlightMost;

    private StandInJudge(Func<StandInRequest, StandInAnswer> script)
    {
        this.script = script;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        application = builder.Build();
        application.MapPost("/v1/chat/completions", AnswerAsync);
    }

    /// <summary>Where it listens.</summary>
    public Uri Url => new(application.Urls.First() + "/v1");

    /// <summary>What came, in order.</summary>
    public IReadOnlyList<StandInRequest> Requests => [.. requests];

    /// <summary>How many answers were written to their end, by question.</summary>
    public IReadOnlyDictionary<string, int> Answered => answered;

    /// <summary>Questions that are being answered.</summary>
    public int InFlight => inFlight;

    /// <summary>Most questions that were being answered at a time.</summary>
    public int InFlightMost => inFlightMost;

    /// <summary>Starts one.</summary>
    public static async Task<StandInJudge> StartAsync(Func<StandInRequest, StandInAnswer> script)
    {
        var judge = new StandInJudge(script);
        await judge.application.StartAsync();
        return judge;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var now = Interlocked.Increment(ref inFlight);
        for (var most = inFlightMost; now > most && Interlocked.CompareExchange(ref inFlightMost, now, most) != most; most = inFlightMost)
        {
            // Somebody else has raised it meanwhile.
        }

        try
        {
            var body = (await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!.AsObject();
            var request = new StandInRequest(
                Interlocked.Increment(ref number), context.Request.Headers["Idempotency-Key"].ToString(),
                context.Request.Headers.Authorization.FirstOrDefault(), body);
            requests.Enqueue(request);
            var answer = script(request);
            await answer.WriteAsync(context, context.RequestAborted);
            if (answer.IsPaid) answered.AddOrUpdate(request.Key, 1, (_, n) => n + 1);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Who asked is gone.
        }
        finally
        {
            Interlocked.Decrement(ref inFlight);
        }
    }
}
