using Tppo.Core.Numerics;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Core.Judging.Checks;

/// <summary>A person's history with what that person searched next, and with what another searched next.</summary>
/// <param name="Window">Id of the window.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Own">The history and its own next searches.</param>
/// <param name="Other">The history and another's.</param>
public sealed record CheckPair(string Window, string User, JudgeInput Own, JudgeInput Other)
{
    /// <summary>At most so many pairs of some windows, chosen and put together by a hash, at most one a user as far as there are enough users.</summary>
    public static IReadOnlyList<CheckPair> Of(IReadOnlyList<Window> windows, int most, long seed)
    {
        var byUser = windows.OrderBy(w => Digest.Seed(seed, "judge check", w.Id)).GroupBy(w => w.User).Select(g => g.ToList()).ToList();
        var rounds = byUser.Count == 0 ? 0 : byUser.Max(g => g.Count);
        var ordered = Enumerable.Range(0, rounds).SelectMany(i => byUser.Where(g => g.Count > i).Select(g => g[i])).ToList();
        var pairs = new List<CheckPair>();
        for (var i = 0; i < ordered.Count && pairs.Count < most; i++)
        {
            var other = Enumerable.Range(1, ordered.Count - 1).Select(k => ordered[(i + k) % ordered.Count]).FirstOrDefault(w => w.User != ordered[i].User);
            if (other is null) continue;
            pairs.Add(new CheckPair(ordered[i].Id, ordered[i].User, Input(ordered[i], ordered[i].Targets), Input(ordered[i], other.Targets)));
        }

        return pairs;
    }

    /// <summary>The same question with its queries in reverse order.</summary>
    public static JudgeInput Reversed(JudgeInput input) =>
        input with { Response = string.Join(QueryText.Separator, QueryText.Queries(input.Response).Reverse()) };

    private static JudgeInput Input(Window window, IReadOnlyList<string> targets) => new(window.History, QueryText.Response(targets).Trim());
}
