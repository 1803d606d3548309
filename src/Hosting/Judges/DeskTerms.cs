namespace Tppo.Hosting.Judges;

/// <summary>On which terms a desk asks.</summary>
public sealed record DeskTerms
{
    /// <summary>Calls at a time.</summary>
    public int Parallel { get; init; } = 16;

    /// <summary>What it may take a day.</summary>
    public DailyBudget Budget { get; init; } = new(null, null);

    /// <summary>The purposes whose answers count towards it; the first names it.</summary>
    public IReadOnlyList<string> Purposes { get; init; } = [];

    /// <summary>Why nobody is to be asked at present; null: somebody may be.</summary>
    public Func<string?> Paused { get; init; } = () => null;

    /// <summary>By which days go.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told of what people should know.</summary>
    public Action<string> Warn { get; init; } = _ => { };
}
