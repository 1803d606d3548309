using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Tppo.Hosting.Instruments;

namespace Tppo.Hosting.Judges.Chat;

/// <summary>
/// When a call is made again, and when none is made for a while. An endpoint that is away or busy is waited for as long as it takes
/// (its own <c>Retry-After</c>, else growing pauses with jitter); a question on which it breaks is asked <see cref="BreaksMax"/> times.
/// Where calls keep failing the breaker opens: then one call a while sees whether it is back, and the others wait.
/// </summary>
public sealed class CallPolicy
{
    /// <summary>How often a question may break a call until it is given up.</summary>
    public const int BreaksMax = 5;

    private static readonly ResiliencePropertyKey<Tries> TriesKey = new("tries");
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1), PauseMax = TimeSpan.FromMinutes(1);
    private readonly ResiliencePipeline<ChatAnswer> pipeline;
    private readonly CircuitBreakerStateProvider state = new();

    /// <summary>A policy; what is called through one shares its breaker.</summary>
    /// <param name="model">The model, for figures.</param>
    /// <param name="clock">By which it waits.</param>
    /// <param name="warn">Told, once a pause, that calls fail and why.</param>
    public CallPolicy(string model, TimeProvider clock, Action<string> warn)
    {
        pipeline = new ResiliencePipelineBuilder<ChatAnswer> { TimeProvider = clock }
            .AddRetry(new RetryStrategyOptions<ChatAnswer>
            {
                MaxRetryAttempts = int.MaxValue,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
                Delay = FirstPause,
                MaxDelay = PauseMax,
                ShouldHandle = args => ValueTask.FromResult(GoesOn(args)),
                DelayGenerator = args => ValueTask.FromResult(Pause(args.Outcome.Exception)),
                OnRetry = args =>
                {
                    if (args.Outcome.Exception is ChatException) JudgeInstruments.JudgeRetries.WithLabels(model).Inc();
                    return ValueTask.CompletedTask;
                },
            })
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<ChatAnswer>
            {
                FailureRatio = 0.9,
                MinimumThroughput = 3,
                SamplingDuration = TimeSpan.FromMinutes(1),
                BreakDurationGenerator = args => ValueTask.FromResult(TimeSpan.FromSeconds(Math.Min(60, 5 * Math.Pow(2, Math.Min(4, args.HalfOpenAttempts))))),
                StateProvider = state,
                ShouldHandle = args => ValueTask.FromResult(IsAway(args.Outcome.Exception)),
                OnOpened = args =>
                {
                    JudgeInstruments.BreakerOpen.Set(1);
                    var (why, pause) = (args.Outcome.Exception?.Message, args.BreakDuration.TotalSeconds);
                    warn(FormattableString.Invariant($"judge {model}: calls keep failing ({why}): none for {pause:F0} s; nothing is lost"));
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    JudgeInstruments.BreakerOpen.Set(0);
                    warn($"judge {model}: it answers again");
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
        JudgeInstruments.BreakerOpen.Set(0);
    }

    /// <summary>Whether calls wait for the endpoint to be back.</summary>
    public bool IsOpen => state.CircuitState is CircuitState.Open or CircuitState.HalfOpen;

    /// <summary>Calls, and calls again.</summary>
    /// <param name="call">One call.</param>
    /// <param name="failed">Told of each call that gave no answer.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="ChatException">It is given up: <see cref="FailureKind.Broken"/> too often, or of a kind that another call would not mend.</exception>
    public async Task<ChatAnswer> CallAsync(Func<CancellationToken, Task<ChatAnswer>> call, Action<ChatException> failed, CancellationToken cancellation)
    {
        var context = ResilienceContextPool.Shared.Get(cancellation);
        context.Properties.Set(TriesKey, new Tries());
        try
        {
            return await pipeline.ExecuteAsync(
                async static (c, of) =>
                {
                    try
                    {
                        return await of.call(c.CancellationToken);
                    }
                    catch (ChatException e)
                    {
                        of.failed(e);
                        throw;
                    }
                },
                context,
                (call, failed));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    // Who asks for a pause is not away.
    private static bool IsAway(Exception? e) => e is ChatException { Kind: FailureKind.Unavailable or FailureKind.Broken, RetryAfter: null };

    private static TimeSpan? Pause(Exception? e) => e switch
    {
        ChatException { RetryAfter: { } asked } => asked,
        BrokenCircuitException { RetryAfter: { } left } => left + TimeSpan.FromMilliseconds(50),
        BrokenCircuitException => FirstPause,
        _ => null,
    };

    private static bool GoesOn(RetryPredicateArguments<ChatAnswer> args) => args.Outcome.Exception switch
    {
        BrokenCircuitException => true,
        ChatException { Kind: FailureKind.Unavailable } => true,
        ChatException { Kind: FailureKind.Broken } => args.Context.Properties.TryGetValue(TriesKey, out var tries) && ++tries.Broken < BreaksMax,
        _ => false,
    };

    private sealed class Tries
    {
        public int Broken { get; set; }
    }
}
