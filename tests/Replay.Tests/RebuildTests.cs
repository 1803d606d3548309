using Tppo.Core;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Facts.Cuts;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Hosting.Progress;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Replay.Tests;

public sealed class RebuildTests(FinishedRun run) : IClassFixture<FinishedRun>
{
    [Fact]
    public void Every_checkpoint_of_a_run_is_rebuilt_from_the_log_alone_bit_for_bit()
    {
        var rebuilt = Rebuild("all", run.Kit.Log);
        Assert.Equal(Recorded().Select(c => c.Checkpoint).Order(), rebuilt.Select(r => r.Recorded.Checkpoint).Order());
        Assert.All(rebuilt, r => Assert.True(r.IsEqual, $"{r.Recorded.Made}: recorded {r.Recorded.Checkpoint}, rebuilt {r.Weights}"));
    }

    [Fact]
    public void A_reward_model_is_rebuilt_with_what_it_rests_on_and_no_more()
    {
        var rebuilt = Rebuild("reward", run.Kit.Log, ModelFamilies.Reward);
        Assert.Equal(["policy/0", "reward/0"], rebuilt.Select(r => r.Recorded.Made.ToString()));
        Assert.All(rebuilt, r => Assert.True(r.IsEqual));
    }

    [Fact]
    public void A_rebuild_that_was_stopped_goes_on_where_it_was()
    {
        Rebuild("twice", run.Kit.Log, ModelFamilies.Critic);
        var folder = new RunFolder(Path.Combine(run.Kit.Folder, "twice")).Rebuilt;
        var written = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).ToDictionary(f => f, File.GetLastWriteTimeUtc);
        var rebuilt = Rebuild("twice", run.Kit.Log);
        Assert.Equal(Recorded().Count, rebuilt.Count);
        Assert.All(written, f => Assert.Equal(f.Value, File.GetLastWriteTimeUtc(f.Key)));
    }

    [Theory]
    [InlineData(Topics.Windows)]
    [InlineData(Topics.Rollouts)]
    [InlineData(Topics.TokenRewards)]
    public void A_record_that_is_not_what_a_cut_named_halts_it_by_name(string topic)
    {
        var victim = Cuts().SelectMany(c => CutRecords.Read(run.Kit.Log, c).Records).First(r => r.Topic == topic);
        var damaged = new DamagedLog(run.Kit.Log, r => r.Topic == topic && r.Partition == victim.Partition && r.Offset == victim.Offset);
        var halted = Assert.Throws<CutMismatchException>(() => Rebuild("damaged " + topic, damaged));
        Assert.Contains($"{topic}/{victim.Partition}/{victim.Offset}", halted.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_not_there_is_named_with_those_that_are() =>
        Assert.Contains(
            "expected checkpoints of nobody, found policy",
            Assert.Throws<UserException>(() => Rebuild("nobody", run.Kit.Log, "nobody")).Message,
            StringComparison.Ordinal);

    private IReadOnlyList<CheckpointProduced> Recorded() => Models().Checkpoints;

    private IEnumerable<Cut> Cuts() => run.Kit.Records(Topics.Cuts).Where(r => !EndMark.Is(r, out _)).Select(r => Cut.FromJson(r.Value.Span));

    private ModelLog Models()
    {
        var models = new ModelLog(run.Kit.Log);
        models.Refresh();
        return models;
    }

    private IReadOnlyList<RebuiltCheckpoint> Rebuild(string name, IEventLog log, string? model = null) =>
        new Rebuilder(log, run.Kit.Settings, new RunFolder(Path.Combine(run.Kit.Folder, name)), new StageBoard(TimeProvider.System))
            .Rebuild(model, TestContext.Current.CancellationToken);
}
