using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Tppo.Core;

namespace Tppo.Hosting.Judges.Chat;

/// <summary>
/// One call to a chat endpoint: a request out, an answer in, bounded in size and time. It tries once and decides nothing.
/// For many threads.
/// </summary>
public sealed class ChatClient : IDisposable
{
    private const int BytesMax = 1 << 20;
    private const int ErrorBytesMax = 16 << 10;
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly HttpClient http;
    private readonly JudgeAccess access;
    private readonly TimeProvider clock;
    private readonly Uri completions;
    private readonly AuthenticationHeaderValue? key;

    /// <summary>A client.</summary>
    /// <param name="access">Where the endpoint is.</param>
    /// <param name="clock">By which calls time out.</param>
    /// <exception cref="UserException">The key's file is not there, or the address is none.</exception>
    public ChatClient(JudgeAccess access, TimeProvider clock)
    {
        (this.access, this.clock) = (access, clock);
        completions = Completions(access.Url ?? throw new UserException("--judge-url: expected where the judge is asked, found none"));
        if (access.ReadKey() is { } secret) key = new AuthenticationHeaderValue("Bearer", secret);
        http = new HttpClient(Handler(access)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Asks once.</summary>
    /// <param name="request">The question.</param>
    /// <param name="dialect">What the endpoint takes.</param>
    /// <param name="limits">Told what the endpoint says of its limits.</param>
    /// <param name="cancellation">Gives the call up.</param>
    /// <exception cref="ChatException">No answer came.</exception>
    public async Task<ChatAnswer> AskAsync(ChatRequest request, ChatDialect dialect, CallLimits limits, CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(access.Deadline, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellation);
        var body = new ReceivedBody(BytesMax);
        var hasBegun = false;
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, completions);
            message.Content = new ReadOnlyMemoryContent(request.ToJson(dialect, access.Streams));
            message.Content.Headers.ContentType = Json;
            message.Headers.Authorization = key;
            message.Headers.TryAddWithoutValidation("Idempotency-Key", request.Id);
            using var response = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, either.Token);
            limits.Heard(response.Headers);
            using var stream = await response.Content.ReadAsStreamAsync(either.Token);
            hasBegun = response.StatusCode == HttpStatusCode.OK;
            if (hasBegun)
            {
                await body.ReadAsync(stream, access.IdleMax, clock, either.Token);
                return ChatBody.Read(body.Bytes);
            }

            await body.ReadAsync(stream, access.IdleMax, clock, either.Token, ErrorBytesMax);
            throw ChatRefusal.Of(response.StatusCode, response.Headers, body.Bytes, clock.GetUtcNow());
        }
        catch (HttpRequestException e) when (e.InnerException is ChatException given)
        {
            throw given;
        }
        catch (ChatException e) when (key?.Parameter is { } secret && e.Message.Contains(secret, StringComparison.Ordinal))
        {
            // Some endpoints say back which key was wrong.
            throw e.Saying(e.Message.Replace(secret, "(the key)", StringComparison.Ordinal));
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            var waited = deadline.IsCancellationRequested ? access.Deadline : access.IdleMax;
            throw new ChatException(FailureKind.Broken, $"no {(body.Bytes.Length == 0 ? "answer" : "more of an answer")} within {waited.TotalSeconds:F0} s", e)
            {
                BytesReceived = body.Bytes.Length,
            };
        }
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            var kind = hasBegun ? FailureKind.Broken : FailureKind.Unavailable;
            throw new ChatException(kind, $"{access.Place}: {Innermost(e).Message}", e) { BytesReceived = body.Bytes.Length };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    /// <summary>Where completions are asked for at an endpoint that people give as its host, as its <c>/v1</c>, or in full.</summary>
    public static Uri Completions(Uri url)
    {
        if (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")) throw new UserException($"--judge-url: expected http://… or https://…, found '{url}'");
        if (url.UserInfo.Length > 0) throw new UserException("--judge-url: expected no name and password in it; give a key with --judge-key-file");
        var path = url.AbsolutePath.TrimEnd('/');
        if (path.EndsWith("/chat/completions", StringComparison.Ordinal)) return url;
        return new UriBuilder(url) { Path = (path.Length == 0 ? "/v1" : path) + "/chat/completions" }.Uri;
    }

    // Redirects are not followed: the key would go along.
    private static SocketsHttpHandler Handler(JudgeAccess access)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            MaxConnectionsPerServer = access.Parallel,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            UseCookies = false,
        };
        if (access.Connect is not { } connect) return handler;
        handler.ConnectTimeout = Timeout.InfiniteTimeSpan; // it may still load; a call's own deadline bounds it
        handler.ConnectCallback = async (_, cancellation) => await connect(cancellation);
        return handler;
    }

    private static Exception Innermost(Exception e) => e.InnerException is { } inner ? Innermost(inner) : e;
}
