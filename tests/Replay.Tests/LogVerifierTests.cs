using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Facts.Models;
using Tppo.Hosting.Progress;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Replay.Tests;

public sealed class LogVerifierTests(FinishedRun run) : IClassFixture<FinishedRun>
{
    [Fact]
    public void Of_a_whole_run_everything_is_read_and_nothing_is_wrong()
    {
        var (verifier, figures) = Verify(run.Kit.Log);
        Assert.Empty(verifier.Faults);
        Assert.True(verifier.Cuts > 5);
        Assert.Equal(Models().Checkpoints.Count, verifier.Checkpoints);
        Assert.All(figures, f => Assert.Equal(run.Kit.Records(f.Topic).Count, f.Records));
        Assert.True(figures.Sum(f => f.Records) > 1000);
        Assert.All(figures, f => Assert.Equal(0, f.Foreign + f.Faults));
    }

    [Theory]
    [InlineData(Topics.Windows)]
    [InlineData(Topics.Rollouts)]
    public void A_record_that_is_another_is_told_by_the_cut_that_named_it(string topic)
    {
        var victim = run.Kit.Records(topic).First(r => !Marks.Is(r) && r.Header(HeaderNames.Purpose) is null or Purposes.Update);
        var damaged = new DamagedLog(run.Kit.Log, r => r.Topic == topic && r.Partition == victim.Partition && r.Offset == victim.Offset);
        Assert.Contains(Verify(damaged).Verifier.Faults, f => f.Contains($"{topic}/{victim.Partition}/{victim.Offset}", StringComparison.Ordinal));
    }

    [Fact]
    public void A_fact_that_stands_twice_is_told()
    {
        using var kit = new ServiceKit(TinyRun.Settings);
        kit.Log.AppendWindows(kit.Settings);
        Assert.Empty(Verify(kit.Log).Verifier.Faults);
        var window = kit.Records(Topics.Windows).First(r => !Marks.Is(r));
        kit.Log.Append(
            [new OutgoingRecord { Topic = window.Topic, Partition = window.Partition, Key = window.Key, Value = window.Value, Headers = window.Headers }]);
        Assert.EndsWith($"ce_id {window.Header(HeaderNames.Id)} stands twice", Assert.Single(Verify(kit.Log).Verifier.Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_is_not_what_its_name_says_is_told_with_the_file()
    {
        var recorded = Models().Find(ModelFamilies.Policy, 0)!;
        var file = Path.Combine(run.Kit.Artifacts.Folder(recorded.Checkpoint), CheckpointFiles.Tokenizer);
        var whole = File.ReadAllBytes(file);
        File.WriteAllBytes(file, whole[..^1]);
        Assert.StartsWith($"policy/0: {file}: expected SHA-256", Assert.Single(Verify(run.Kit.Log).Verifier.Faults), StringComparison.Ordinal);
        File.WriteAllBytes(file, whole);
    }

    private ModelLog Models()
    {
        var models = new ModelLog(run.Kit.Log);
        models.Refresh();
        return models;
    }

    private (LogVerifier Verifier, IReadOnlyList<LogVerifier.TopicFigures> Figures) Verify(IEventLog log)
    {
        var verifier = new LogVerifier(log, log == run.Kit.Log ? run.Kit.Artifacts : null, new StageBoard(TimeProvider.System));
        return (verifier, verifier.Verify(Topics.All, TestContext.Current.CancellationToken));
    }
}
