using Tppo.Core.Log;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Hosting.Progress;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Replay.Tests;

/// <summary>Other producers write to every topic of a run: it ends with the same models, and each of their records is set aside once.</summary>
public sealed class ForeignRecordTests(FinishedRun undisturbed) : IClassFixture<FinishedRun>
{
    private static readonly string[] Disturbed =
    [
        Topics.Search, Topics.Click, Topics.Purchase, Topics.Visit, Topics.Timeline, Topics.Late, Topics.Windows, Topics.Rollouts,
        Topics.Judgements, Topics.TokenRewards, Topics.Cuts, Topics.Models, Topics.Evaluations, Topics.DeadLetters("ingest"),
        Topics.DeadLetters("labeler"), Topics.DeadLetters("evaluator"), Topics.Erasures, Topics.WindowState,
    ];

    [Trait(Suite.Trait, Suite.Long)]
    [Fact]
    public void A_run_among_them_ends_with_the_same_models_and_names_each_of_them_once()
    {
        using var kit = new ServiceKit(TinyRun.Settings);
        RunOnLog.Claim(kit.Log, kit.Settings, "here");
        var written = 0;
        for (var life = 0; life < 2; life++)
        {
            foreach (var topic in Disturbed)
            {
                var foreign = ForeignRecords.Of(topic).ToList();
                foreign.ForEach(record => kit.Log.Append([record]));
                written += foreign.Count;
            }

            kit.RunUntilIdle(FinishedRun.AllServices);
            kit.Reopen();
        }

        kit.RunUntilIdle(FinishedRun.AllServices);
        Assert.Equal(Checkpoints(undisturbed.Kit), Checkpoints(kit));
        string[] letters = [.. new[] { "ingest", "policy-trainer" }.SelectMany(s => kit.Records(Topics.DeadLetters(s)))
            .Where(r => r.Header(HeaderNames.Type) == "tppo.dead-letter.v1").Select(r => r.Header(HeaderNames.From)!)];
        Assert.Equal(letters.Length, letters.Distinct().Count());
        Assert.Equal(written, letters.Length);
        var rebuilt = new Rebuilder(kit.Log, kit.Settings, new RunFolder(Path.Combine(kit.Folder, "again")), new StageBoard(TimeProvider.System))
            .Rebuild(model: null, TestContext.Current.CancellationToken);
        Assert.All(rebuilt, r => Assert.True(r.IsEqual));
    }

    private static string[] Checkpoints(ServiceKit kit)
    {
        var models = new ModelLog(kit.Log);
        models.Refresh();
        return [.. models.Checkpoints.Select(c => $"{c.Made} {c.Checkpoint}").Order(StringComparer.Ordinal)];
    }
}
