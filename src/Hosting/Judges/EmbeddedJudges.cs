using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Core.World;
using Tppo.Facts.Cuts;
using Tppo.Streaming.Log;

namespace Tppo.Hosting.Judges;

/// <summary>The judges that need no set-up: the search world's oracle, and the log-statistics judge for any other log.</summary>
public static class EmbeddedJudges
{
    /// <summary>The judge that labels, with the run's noise on the search world.</summary>
    public static IJudge ForLabels(IEventLog log, RunSettings settings, Cut windows, Fold fold) => settings.Input.Kind == InputKind.World
        ? new OracleJudge(new SearchWorld(settings.Seed, settings.Input.World), settings.Labels.JudgeNoise)
        : Statistics(log, windows, fold);

    /// <summary>The judge whose word is the truth: on the search world the oracle at noise 0, never the judge that trained.</summary>
    public static IJudge ForTruth(IEventLog log, RunSettings settings, Cut windows, Fold fold) => settings.Input.Kind == InputKind.World
        ? new OracleJudge(new SearchWorld(settings.Seed, settings.Input.World), noise: 0)
        : Statistics(log, windows, fold);

    private static LogStatisticsJudge Statistics(IEventLog log, Cut windows, Fold fold) =>
        new(WindowCut.AllTraining(log, windows, fold), $"{windows.Digest[..16]}/{fold.Index}-of-{fold.Count}");
}
