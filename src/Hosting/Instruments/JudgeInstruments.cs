using Prometheus;

namespace Tppo.Hosting.Instruments;

/// <summary>What is asked of judges.</summary>
public static class JudgeInstruments
{
    // Before anything is known, nothing is said.
    private static readonly GaugeConfiguration Unset = new() { SuppressInitialValue = true };

    /// <summary>Calls to the judge by how they ended.</summary>
    public static readonly Counter JudgeRequests = Metrics.CreateCounter(
        "tppo_judge_requests_total", "Calls to the judge by how they ended.", ["model", "outcome"]);

    /// <summary>Questions whose answer was on the log already.</summary>
    public static readonly Counter JudgeCacheHits = Metrics.CreateCounter(
        "tppo_judge_cache_hits_total", "Questions whose answer was on the log already.");

    /// <summary>Calls that were made again.</summary>
    public static readonly Counter JudgeRetries = Metrics.CreateCounter("tppo_judge_retries_total", "Calls that were made again.", ["model"]);

    /// <summary>Tokens sent and received.</summary>
    public static readonly Counter JudgeTokens = Metrics.CreateCounter(
        "tppo_judge_tokens_total", "Tokens sent to and received from judges.", ["model", "direction"]);

    /// <summary>Dollars spent.</summary>
    public static readonly Counter JudgeCost = Metrics.CreateCounter("tppo_judge_cost_usd_total", "Dollars spent on judges.", ["model"]);

    /// <summary>Answers that could not be used, by reason.</summary>
    public static readonly Counter Rejected = Metrics.CreateCounter(
        "tppo_judgements_rejected_total", "Answers that could not be used, by reason.", ["reason"]);

    /// <summary>Dollars left of the day's budget, by what it is for; absent where there is none.</summary>
    public static readonly Gauge BudgetRemaining = Metrics.CreateGauge(
        "tppo_judge_budget_remaining_usd", "Dollars left of the day's budget; absent where there is none.", ["purpose"]);

    /// <summary>1 while labelling is paused by a command.</summary>
    public static readonly Gauge Paused = Metrics.CreateGauge("tppo_labelling_paused", "1 while labelling is paused by a command.", Unset);

    /// <summary>Share of words with a score in the last answer that was used.</summary>
    public static readonly Gauge Coverage = Metrics.CreateGauge(
        "tppo_judge_coverage_ratio", "Share of words with a score in the last answer that was used.", Unset);

    /// <summary>1 while calls wait for the endpoint to be back.</summary>
    public static readonly Gauge BreakerOpen = Metrics.CreateGauge(
        "tppo_judge_breaker_open", "1 while calls wait for the endpoint to be back.", Unset);

    /// <summary>From asking to the whole answer, pauses and retries included.</summary>
    public static readonly Histogram JudgeDuration = Metrics.CreateHistogram(
        "tppo_judge_duration_seconds", "From asking to the whole answer, pauses and retries included.",
        ["model"], new HistogramConfiguration { Buckets = Histogram.ExponentialBuckets(0.05, 2, 12) });

    /// <summary>Canary questions by whether they were answered as they must be.</summary>
    public static readonly Counter Canaries = Metrics.CreateCounter(
        "tppo_judge_canaries_total", "Canary questions by whether they were answered as they must be.", ["outcome"]);

    /// <summary>Attempts that stand on the log twice with different answers.</summary>
    public static readonly Counter Disagreements = Metrics.CreateCounter(
        "tppo_judge_disagreements_total", "Answers to one attempt that stand twice and differ; the first counts.");
}
