using Tppo.Core.Judging;

namespace Tppo.Hosting.Judges;

/// <summary>What judges may take a day (UTC).</summary>
/// <param name="Usd">Dollars; null: any number.</param>
/// <param name="Tokens">Tokens in both directions; null: any number.</param>
public sealed record DailyBudget(double? Usd, long? Tokens)
{
    /// <summary>Whether nothing is left for one more call.</summary>
    public bool IsSpent(JudgeUsage spent) => spent.CostUsd >= (Usd ?? double.PositiveInfinity) || spent.Tokens >= (Tokens ?? long.MaxValue);

    /// <summary>Dollars that are left; null where any number is.</summary>
    public double? Left(JudgeUsage spent) => Usd is { } usd ? Math.Max(0, usd - spent.CostUsd) : null;
}
