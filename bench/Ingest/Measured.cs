using System.Globalization;

namespace Tppo.Ingest.Bench;

/// <summary>What a stage took.</summary>
/// <param name="Stage">Its name.</param>
/// <param name="Events">Events that passed it.</param>
/// <param name="Seconds">By the wall clock.</param>
/// <param name="CpuSeconds">Of all threads, the backend's too: on a machine that others use the figure to compare.</param>
internal sealed record Measured(string Stage, long Events, double Seconds, double CpuSeconds)
{
    /// <summary>By the wall clock.</summary>
    public double EventsPerSecond => Events / Seconds;

    /// <summary>A row of the table.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Stage,-16} {Events,8:N0} {Seconds,8:F2} {EventsPerSecond,9:N0} {CpuSeconds,6:F1}");
}
