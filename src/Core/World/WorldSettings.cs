using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.World;

/// <summary>The dials of the search world that runs turn. A run setting; the other rates are constants of <see cref="WorldUser"/>.</summary>
public sealed record WorldSettings
{
    /// <summary>People. Default 4,800.</summary>
    [Range(1, 10_000_000)] public int Users { get; init; } = 4800;

    /// <summary>Days of history a person has. Default 60.</summary>
    [Range(1, 3650)] public int Days { get; init; } = 60;

    /// <summary>Probability that a live trend word gets into a query. Default 0.20; the first dial if the start is off.</summary>
    [Range(0.0, 1.0)] public double TrendRate { get; init; } = 0.20;

    /// <summary>Probability of a session on any topic at all. Default 0.05; the second dial.</summary>
    [Range(0.0, 1.0)] public double OneOffRate { get; init; } = 0.05;

    /// <summary>Probability that a topic's open intent goes on. Default 0.80; the third dial.</summary>
    [Range(0.0, 1.0)] public double ContinueIntentRate { get; init; } = 0.80;
}
