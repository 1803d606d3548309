using System.Globalization;
using Tppo.Core;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Judges.Chat;

namespace Tppo.Hosting.Judges;

/// <summary>
/// A language model behind an OpenAI-compatible chat endpoint. It asks by a template, holds the answer to its form where the endpoint
/// can, shortens a history that is too long, and reads what comes back. For many threads.
/// </summary>
public sealed class OpenAiJudge : IJudge, IDisposable
{
    private const double TemperatureAnAttempt = 0.3;
    private static readonly TimeSpan WarnAtMostEvery = TimeSpan.FromMinutes(1);
    private readonly JudgeSettings settings;
    private readonly JudgeTemplate template;
    private readonly JudgeAccess access;
    private readonly TimeProvider clock;
    private readonly Action<string> warn;
    private readonly ChatClient client;
    private readonly CallLimits limits;
    private readonly CallPolicy policy;
    private volatile ChatDialect dialect = new();
    private volatile bool hasAnswered;
    private readonly Lock gate = new();
    private long? warnedAt;
    private int lost;

    /// <summary>A judge.</summary>
    /// <param name="settings">Which model, and how it is asked.</param>
    /// <param name="template">What it is asked.</param>
    /// <param name="access">Where it is.</param>
    /// <param name="clock">By which calls wait.</param>
    /// <param name="warn">Told of what people should know.</param>
    public OpenAiJudge(JudgeSettings settings, TemplateName template, JudgeAccess access, TimeProvider clock, Action<string> warn)
    {
        (this.settings, this.access, this.clock, this.warn) = (settings, access, clock, warn);
        this.template = JudgeTemplate.Of(template);
        client = new ChatClient(access, clock);
        limits = new CallLimits(access, clock);
        policy = new CallPolicy(settings.Model, clock, warn);
        Model = NameOf(settings);
    }

    /// <summary>What a judge with these settings is called: all that decides what it says, its template aside.</summary>
    public static string NameOf(JudgeSettings settings) => string.Create(
        CultureInfo.InvariantCulture,
        $"{settings.Model}/temperature-{settings.Temperature}/seed-{settings.Seed}{(settings.Held ? "" : "/free")}");

    /// <inheritdoc/>
    public string Model { get; }

    /// <inheritdoc/>
    public string Template => template.Sha256;

    /// <inheritdoc/>
    public AnswerForm Form => template.Form;

    /// <inheritdoc/>
    public int TriesMax => settings.Tries;

    /// <summary>Whether calls wait for the endpoint to be back.</summary>
    public bool IsWaiting => policy.IsOpen;

    /// <inheritdoc/>
    /// <remarks>Who asks is not held up: the question, too, is written on another thread.</remarks>
    public ValueTask<JudgeReply> AskAsync(JudgeInput input, int attempt, CancellationToken cancellation) =>
        new(Task.Run(() => AskHereAsync(input, attempt, cancellation), CancellationToken.None));

    private async Task<JudgeReply> AskHereAsync(JudgeInput input, int attempt, CancellationToken cancellation)
    {
        var begun = clock.GetTimestamp();
        var wasted = default(JudgeUsage);
        var words = Words.Split(input.Response);
        for (var dropped = 0; ;)
        {
            var request = Request(input, attempt, dropped);
            try
            {
                var answer = await policy.CallAsync(c => CallAsync(request, c), failure => wasted += Wasted(request, failure), cancellation);
                hasAnswered = true;
                return Reply(answer, request, words, dropped, wasted) with { Latency = clock.GetElapsedTime(begun) };
            }
            catch (ChatException e) when (e.Kind == FailureKind.ContextLength && dropped == 0 && Fitting(input, request, e) is { } fewer)
            {
                dropped = fewer;
            }
            catch (ChatException e) when (e.Kind == FailureKind.Refused && dialect.Without(e.Message) is { } less)
            {
                warn($"judge {settings.Model}: {e.Message}: asked without it from here on");
                dialect = less;
            }
            catch (ChatException e) when (e.Kind != FailureKind.Denied && (hasAnswered || e.Kind != FailureKind.Refused))
            {
                var reason = e.Kind == FailureKind.ContextLength ? RejectReason.ContextLength : RejectReason.Error;
                JudgeInstruments.JudgeRequests.WithLabels(settings.Model, OneName.Of(reason)).Inc();
                WarnOfLoss(e.Message);
                return new JudgeReply(new Completion(null), JudgeReading.Rejected(words.Count, reason, retry: false))
                {
                    Usage = wasted,
                    Latency = clock.GetElapsedTime(begun),
                    Dropped = dropped,
                };
            }
            catch (ChatException e)
            {
                throw new UserException(
                    $"judge {settings.Model} at {access.Place}: {e.Message}: nothing is asked any more, and nothing is lost; mend it and start again", e);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    // Each is a fact and a dead letter; a line a minute says why.
    private void WarnOfLoss(string why)
    {
        lock (gate)
        {
            lost++;
            if (warnedAt is { } at && clock.GetElapsedTime(at) < WarnAtMostEvery) return;
            warn(string.Create(CultureInfo.InvariantCulture, $"judge {settings.Model}: {why}: this answer is given up ({lost:N0} so far)"));
            warnedAt = clock.GetTimestamp();
        }
    }

    private async Task<ChatAnswer> CallAsync(ChatRequest request, CancellationToken cancellation)
    {
        await limits.WaitAsync(request.PromptTokensAbout + request.TokensMax, cancellation);
        try
        {
            return await client.AskAsync(request, dialect, limits, cancellation);
        }
        catch (ChatException e) when (e.RetryAfter is { } wait)
        {
            limits.Pause(wait);
            throw;
        }
    }

    // Another attempt at the same question is only worth it where another answer may come.
    private ChatRequest Request(JudgeInput input, int attempt, int dropped) => new(
        settings.Model, JudgePrompt.Write(template, input, dropped), AnswerSchema.TokensMax(template, input.Response),
        Math.Min(2, settings.Temperature + (attempt * TemperatureAnAttempt)), settings.Seed + attempt,
        settings.Held ? AnswerSchema.Of(template.Name, input.Response) : null,
        FormattableString.Invariant($"{ContentHash.Of(this, input)}-{attempt}"));

    private JudgeReply Reply(ChatAnswer answer, ChatRequest request, IReadOnlyList<Word> words, int dropped, JudgeUsage wasted)
    {
        var reading = AnswerReader.Read(answer.Completion, words, template.Form);
        JudgeInstruments.JudgeRequests.WithLabels(settings.Model, OneName.Of(reading.Outcome)).Inc();
        return new JudgeReply(answer.Completion, reading) { Usage = Usage(answer, request) + wasted, Dropped = dropped };
    }

    private JudgeUsage Usage(ChatAnswer answer, ChatRequest request)
    {
        var sent = answer.PromptTokens ?? request.PromptTokensAbout;
        var received = answer.CompletionTokens ?? ChatRequest.TokensAbout(System.Text.Encoding.UTF8.GetByteCount(answer.Completion.Content ?? ""));
        return new JudgeUsage(sent, received, access.Usd(sent, received));
    }

    // What broke while it answered is paid for all the same, as far as anybody can tell.
    private JudgeUsage Wasted(ChatRequest request, ChatException failure)
    {
        JudgeInstruments.JudgeRequests.WithLabels(settings.Model, OneName.Of(failure.Kind)).Inc();
        if (failure.Kind != FailureKind.Broken) return default;
        var received = ChatRequest.TokensAbout(failure.BytesReceived);
        return new JudgeUsage(request.PromptTokensAbout, received, access.Usd(request.PromptTokensAbout, received));
    }

    // How many of the oldest events must go: by the numbers that the endpoint gives, with a margin, else half of them.
    private static int? Fitting(JudgeInput input, ChatRequest request, ChatException failure)
    {
        const double Margin = 0.9;
        if (input.History.Count == 0) return null;
        if (failure is not { TokensMax: { } most, TokensAsked: { } asked } || asked <= most || asked <= 0) return (input.History.Count + 1) / 2;
        var over = request.Prompt.Length * (1 - (Margin * most / asked));
        var dropped = 0;
        while (dropped < input.History.Count && over > 0)
        {
            var oldest = input.History[dropped++];
            over -= PromptText.Quoted(oldest.Text).Length + PromptText.Quoted(oldest.Url).Length;
        }

        return dropped;
    }
}
