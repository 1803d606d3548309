namespace Tppo.Core.Models;

/// <summary>A history with the queries that were generated for it before and after TPPO.</summary>
public sealed record SampleHistory(
    IReadOnlyList<string> History, IReadOnlyList<string> Targets, IReadOnlyList<ScoredWord> Before, IReadOnlyList<ScoredWord> After);
