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
}
