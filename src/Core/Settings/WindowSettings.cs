using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>What a window is. A run setting.</summary>
public sealed record WindowSettings
{
    /// <summary>Searches in a row that are the target, k. Default 3.</summary>
    [Range(1, 100)] public int Targets { get; init; } = 3;

    /// <summary>Most events of history, the newest, N. Default 20.</summary>
    [Range(1, 10_000)] public int HistoryEventsMax { get; init; } = 20;

    /// <summary>Oldest event of history, in days before the first target, D; exactly D days stays. Default 90.</summary>
    [Range(0.0, 36_500.0)] public double HistoryDaysMax { get; init; } = 90;

    /// <summary>
    /// Most that N events of a user may cost, in bytes: text and URL in UTF-8 and 12 more each; the oldest go first. Default 3,840: with
    /// what else a state holds, 4 KB.
    /// </summary>
    [Range(256, 16_777_216)] public int HistoryBytesMax { get; init; } = 3840;

    /// <summary>
    /// How long a user's state lives after their last event, in days of event time; never less than <see cref="HistoryDaysMax"/>.
    /// Default 400.
    /// </summary>
    [Range(1.0, 36_500.0)] public double StateDaysMax { get; init; } = 400;
}
