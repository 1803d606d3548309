using Tppo.Core.Judging;

namespace Tppo.Facts.Judgements;

/// <summary>What judges' answers took, by day (UTC) and purpose, summed from the facts: a restart knows what was spent before it.</summary>
public sealed class JudgeSpending
{
    private readonly Dictionary<(DateOnly Day, string Purpose), JudgeUsage> spent = [];

    /// <summary>One more answer.</summary>
    public void Add(DateOnly day, string purpose, JudgeUsage usage) => spent[(day, purpose)] = spent.GetValueOrDefault((day, purpose)) + usage;

    /// <summary>What a day's answers for some purposes took.</summary>
    public JudgeUsage On(DateOnly day, IReadOnlyList<string> purposes) =>
        purposes.Select(p => spent.GetValueOrDefault((day, p))).Aggregate(default(JudgeUsage), (a, b) => a + b);
}
