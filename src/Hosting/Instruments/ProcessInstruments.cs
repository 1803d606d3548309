using Prometheus;

namespace Tppo.Hosting.Instruments;

/// <summary>The process itself.</summary>
public static class ProcessInstruments
{
    /// <summary>1, with the build in its labels.</summary>
    public static readonly Gauge BuildInfo = Metrics.CreateGauge(
        "tppo_build_info", "1, with the build in its labels.", ["version", "commit"]);
}
