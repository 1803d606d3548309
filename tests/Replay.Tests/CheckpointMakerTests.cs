using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Models;
using Tppo.Hosting.Progress;
using Tppo.Steps;
using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Replay.Tests;

public sealed class CheckpointMakerTests(FinishedRun run) : IClassFixture<FinishedRun>
{
    private readonly List<string> warnings = [];

    [Fact]
    public void Whatever_is_damaged_of_a_checkpoint_it_is_made_again_with_the_same_name()
    {
        foreach (var recorded in Models().Checkpoints)
        {
            var folder = run.Kit.Artifacts.Folder(recorded.Checkpoint);
            var files = Directory.GetFiles(folder, "*", SearchOption.AllDirectories)
                .Where(f => !f.EndsWith(CheckpointFiles.Numerics, StringComparison.Ordinal)).ToList();
            var file = files[recorded.Version % files.Count];
            var bytes = File.ReadAllBytes(file);
            bytes[bytes.Length / 2] ^= 4;
            File.WriteAllBytes(file, bytes);
            Maker(run.Kit.Log).Require(recorded, TestContext.Current.CancellationToken);
            Assert.True(run.Kit.Artifacts.HasIntact(recorded.Checkpoint));
            Assert.StartsWith($"{file}: expected SHA-256", warnings[^1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public void All_that_are_gone_are_made_again_from_the_log_alone()
    {
        Directory.Delete(run.Kit.Artifacts.Root, recursive: true);
        var maker = Maker(run.Kit.Log);
        maker.RequireAll([ModelFamilies.Policy, ModelFamilies.Critic, ModelFamilies.Reward], TestContext.Current.CancellationToken);
        Assert.All(Models().Checkpoints, c => Assert.Null(run.Kit.Artifacts.Damage(c.Checkpoint)));
        var told = warnings.Count;
        maker.RequireAll([ModelFamilies.Policy], TestContext.Current.CancellationToken);
        Assert.Equal(told, warnings.Count);
    }

    [Fact]
    public void One_that_the_log_cannot_make_again_is_named_with_the_record_that_differs()
    {
        var recorded = Models().Find(ModelFamilies.Policy, 0)!;
        Directory.Delete(run.Kit.Artifacts.Folder(recorded.Checkpoint), recursive: true);
        var victim = run.Kit.Records(Topics.Windows).First(r => CutBelongs(r));
        var damaged = new DamagedLog(run.Kit.Log, r => r.Topic == victim.Topic && r.Partition == victim.Partition && r.Offset == victim.Offset);
        var error = Assert.Throws<CheckpointDamagedException>(() => Maker(damaged).Require(recorded, TestContext.Current.CancellationToken));
        Assert.Contains(recorded.Checkpoint, error.Message, StringComparison.Ordinal);
        Assert.Contains($"{victim.Topic}/{victim.Partition}/{victim.Offset}", error.Message, StringComparison.Ordinal);
        Maker(run.Kit.Log).Require(recorded, TestContext.Current.CancellationToken);
    }

    private static bool CutBelongs(LogRecord record) => Facts.Cuts.CutBuilder.Belongs(record, new StepId(ModelFamilies.Policy, 0));

    private ModelLog Models()
    {
        var models = new ModelLog(run.Kit.Log);
        models.Refresh();
        return models;
    }

    private CheckpointMaker Maker(IEventLog log)
    {
        var models = new ModelLog(log);
        models.Refresh();
        return new CheckpointMaker(
            new StepContext(log, run.Kit.Settings, run.Kit.Artifacts), models, new StageBoard(TimeProvider.System), warnings.Add);
    }
}
