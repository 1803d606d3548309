using System.Globalization;
using Tppo.Core.Judging;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Core.Statistics;
using Tppo.Core.Windows;
using Tppo.Facts.Cuts;
using Tppo.Hosting.Judges;
using Tppo.TestKit;

namespace Tppo.Ingest.Tests;

/// <summary>
/// The log-statistics judge on people of whom its statistics know nothing: five folds by user over the windows that the service
/// leaves on the log, each fold's judge and held-out windows as the evaluator takes them.
/// </summary>
public class JudgeCrossValidationTests(ITestOutputHelper output)
{
    private const int Resamples = 2000;

    [Fact]
    public void On_real_searches_it_tells_peoples_own_next_searches_from_other_peoples() =>
        Assert.All(Aucs("excite_events.tsv.gz"), auc => Assert.InRange(auc, 0.80, 1));

    [Fact]
    public void Where_history_says_nothing_of_what_follows_it_claims_next_to_nothing() =>
        Assert.All(Aucs("ubi_demo_events.tsv.gz"), auc => Assert.InRange(auc, 0, 0.65));

    // Pooled over folds, and their mean.
    private double[] Aucs(string file)
    {
        var path = TestData.PathOf(file);
        Assert.SkipUnless(File.Exists(path), TestData.HowTo(file));
        using var kit = new ServiceKit(new RunSettings { Input = new InputSettings { Kind = InputKind.File, Path = path } });
        kit.RunUntilIdle(c => IngestService.Compose(c));
        var cut = kit.Log.AppendWindowCut(kit.Settings);
        var folds = Fold.For(kit.Settings.Split, WindowCut.Users(kit.Log, cut));
        Assert.Equal(5, folds.Count);

        var seen = new HashSet<string>();
        var people = new List<ScoredPair[][]>();
        foreach (var fold in folds)
        {
            var judge = Assert.IsType<LogStatisticsJudge>(EmbeddedJudges.ForTruth(kit.Log, kit.Settings, cut, fold));
            var heldOut = WindowCut.HeldOut(kit.Log, cut, fold);
            Assert.Empty(WindowCut.AllTraining(kit.Log, cut, fold).Select(w => w.User).Intersect(heldOut.Select(w => w.User)));
            Assert.All(heldOut, w => Assert.True(seen.Add(w.User), "held out in two folds"));
            var pairs = judge.ScoredPairs(heldOut);
            Assert.Equal(judge.HeldOutAuc(heldOut), Auc(pairs));
            people.Add([.. pairs.GroupBy(p => p.User).Select(g => g.ToArray())]);
        }

        Assert.Equal(WindowCut.Users(kit.Log, cut), seen.Count);
        return Report(file, people);
    }

    private double[] Report(string file, List<ScoredPair[][]> folds)
    {
        var random = SeededRandom.For("bootstrap", 1, file);
        var drawn = Enumerable.Range(0, Resamples)
            .Select(_ => Both([.. folds.Select(f => Enumerable.Range(0, f.Length).Select(_ => f[random.NextInt(f.Length)]).ToArray())])).ToList();
        var found = Both(folds);
        string[] names = ["pooled", "mean of folds"];
        foreach (var (i, name) in names.Index())
        {
            var sorted = drawn.Select(d => d[i]).Order().ToList();
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{file}: AUC {name} {found[i]:F3} [{sorted[Resamples / 40]:F3}, {sorted[^(Resamples / 40)]:F3}], {folds.Sum(f => f.Length)} people"));
        }

        return found;
    }

    private static double[] Both(List<ScoredPair[][]> folds) =>
        [Auc(folds.SelectMany(f => f).SelectMany(p => p)), folds.Average(f => Auc(f.SelectMany(p => p)))];

    private static double Auc(IEnumerable<ScoredPair> pairs)
    {
        var all = pairs.ToList();
        return Ranking.Auc([.. all.Select(p => p.Score)], [.. all.Select(p => p.Matched)])!.Value;
    }
}
