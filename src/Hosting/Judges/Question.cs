using Tppo.Core.Judging;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;

namespace Tppo.Hosting.Judges;

/// <summary>A response that is to be judged.</summary>
/// <param name="Id">The rollout, or what else it is asked for.</param>
/// <param name="User">Whose it is; null: nobody's.</param>
/// <param name="Input">What the judge gets to see.</param>
public readonly record struct Question(string Id, string? User, JudgeInput Input)
{
    /// <summary>A sampled response.</summary>
    public static Question Of(RolloutRow row, IReadOnlyList<HistoryEvent> history) =>
        new(row.RolloutId, row.User, new JudgeInput(history, row.Response.Trim()));
}
