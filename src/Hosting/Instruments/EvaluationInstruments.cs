using Prometheus;

namespace Tppo.Hosting.Instruments;

/// <summary>How policies do on held-out users.</summary>
public static class EvaluationInstruments
{
    /// <summary>Share of held-out windows whose response is relevant.</summary>
    public static readonly Gauge RelevanceRate = Metrics.CreateGauge(
        "tppo_relevance_rate", "Share of held-out windows whose response is relevant.", ["template", "set", "policy"]);

    /// <summary>Lower end of its 95 % interval.</summary>
    public static readonly Gauge RelevanceRateLow = Metrics.CreateGauge(
        "tppo_relevance_rate_ci_low", "Lower end of its 95 % interval.", ["template", "set", "policy"]);

    /// <summary>Upper end of its 95 % interval.</summary>
    public static readonly Gauge RelevanceRateHigh = Metrics.CreateGauge(
        "tppo_relevance_rate_ci_high", "Upper end of its 95 % interval.", ["template", "set", "policy"]);

    /// <summary>Windows that could be judged.</summary>
    public static readonly Gauge EvaluationValid = Metrics.CreateGauge(
        "tppo_evaluation_valid", "Windows that could be judged.", ["template", "set", "policy"]);

    /// <summary>Promotions by how they ended.</summary>
    public static readonly Counter Promotions = Metrics.CreateCounter(
        "tppo_promotions_total", "Promotions by how they ended.", ["outcome"]);
}
