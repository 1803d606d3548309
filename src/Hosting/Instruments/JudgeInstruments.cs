using Prometheus;

namespace Tppo.Hosting.Instruments;

/// <summary>What is asked of judges.</summary>
public static class JudgeInstruments
{
    /// <summary>Calls to the judge by how they ended.</summary>
    public static readonly Counter JudgeRequests = Metrics.CreateCounter(
        "tppo_judge_requests_total", "Calls to the judge by how they ended.", ["model", "outcome"]);

    /// <summary>Questions whose answer was on the log already.</summary>
    public static readonly Counter JudgeCacheHits = Metrics.CreateCounter(
        "tppo_judge_cache_hits_total", "Questions whose answer was on the log already.");
}
