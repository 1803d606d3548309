using Prometheus;

namespace Tppo.Hosting.Instruments;

/// <summary>What Ingest counts.</summary>
public static class IngestInstruments
{
    /// <summary>Events at the edge.</summary>
    public static readonly Counter EventsIngested = Metrics.CreateCounter(
        "tppo_events_ingested_total", "Events at the edge.", ["type", "outcome"]);

    /// <summary>Events behind the release bound, on late.v1.</summary>
    public static readonly Counter EventsLate = Metrics.CreateCounter(
        "tppo_events_late_total", "Events behind the release bound, on late.v1.", ["type"]);

    /// <summary>Events whose (source, id) was known.</summary>
    public static readonly Counter EventsDeduplicated = Metrics.CreateCounter(
        "tppo_events_deduplicated_total", "Events whose (source, id) was known.");

    /// <summary>Texts of which something was taken out.</summary>
    public static readonly Counter EventsRedacted = Metrics.CreateCounter(
        "tppo_events_redacted_total", "Texts of which something was taken out.", ["kind"]);

    /// <summary>Windows on windows.v1.</summary>
    public static readonly Counter WindowsEmitted = Metrics.CreateCounter("tppo_windows_emitted_total", "Windows on windows.v1.");

    /// <summary>Targets that were left without history by its age.</summary>
    public static readonly Counter WindowsEmptied = Metrics.CreateCounter(
        "tppo_windows_emptied_total", "Targets that were left without history by its age.");

    /// <summary>What the bounds on a user's history took away.</summary>
    public static readonly Counter HistoryLosses = Metrics.CreateCounter(
        "tppo_history_losses_total", "What the bounds on a user's history took away.", ["kind"]);

    /// <summary>Users whose state was removed because they were not seen for long.</summary>
    public static readonly Counter StatesExpired = Metrics.CreateCounter(
        "tppo_window_states_expired_total", "Users whose state was removed because they were not seen for long.");

    /// <summary>Idle marks written on quiet event topics.</summary>
    public static readonly Counter IdleMarks = Metrics.CreateCounter(
        "tppo_idle_marks_total", "Idle marks written on quiet event topics.", ["topic"]);
}
