using Tppo.Core.Numerics;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Core.Judging;

/// <summary>
/// What a log says about which words go together: in how many windows a word stands in the history, in the targets, and
/// in how many a pair stands across. Learned from training users' windows only.
/// </summary>
public sealed class LogStatistics
{
    private const double Smoothing = 0.5;
    private readonly Dictionary<string, int> inHistory = [];
    private readonly Dictionary<string, int> inTargets = [];
    private readonly Dictionary<(string History, string Target), int> across = [];
    private int windows;

    /// <summary>Counts the windows.</summary>
    public static LogStatistics Of(IEnumerable<Window> training)
    {
        var statistics = new LogStatistics();
        foreach (var window in training) statistics.Count(window);
        return statistics;
    }

    /// <summary>
    /// How strongly a word goes with a history: the largest positive PMI, in nats and quantised to 1e-6, between it and a
    /// word of the history over windows: ln(n(h,t) · N / (n(h) · n(t))), each count smoothed by ½. 0 for a word never seen.
    /// </summary>
    /// <param name="history">Stems of the history's words.</param>
    /// <param name="stem">The word's stem.</param>
    /// <param name="own">Whether the pair's own window was counted and is to be left out, so that it does not vouch for itself.</param>
    public double Association(IReadOnlySet<string> history, string stem, bool own = false)
    {
        var best = 0.0;
        var less = own ? 1 : 0;
        if (!inTargets.TryGetValue(stem, out var targets)) return best;
        foreach (var h in history)
        {
            if (!across.TryGetValue((h, stem), out var together) || together <= less) continue;
            var expected = (inHistory[h] - less + Smoothing) * (targets - less + Smoothing) / (windows - less + Smoothing);
            best = Math.Max(best, PortableMath.Log((together - less + Smoothing) / (expected + Smoothing)));
        }

        return Math.Round(best * 1e6) / 1e6;
    }

    private void Count(Window window)
    {
        windows++;
        var history = window.History.SelectMany(e => Stems.Of(e.Text)).ToHashSet();
        var targets = window.Targets.SelectMany(Stems.Of).ToHashSet();
        foreach (var h in history) inHistory[h] = inHistory.GetValueOrDefault(h) + 1;
        foreach (var t in targets)
        {
            inTargets[t] = inTargets.GetValueOrDefault(t) + 1;
            foreach (var h in history) across[(h, t)] = across.GetValueOrDefault((h, t)) + 1;
        }
    }
}
