using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Facts.Cuts;
using Tppo.Facts.Rollouts;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Facts.Tests;

public class CutTests
{
    private static readonly RunSettings Settings = new() { Seed = 5 };

    [Fact]
    public void A_cut_names_every_record_of_its_ranges_but_the_end_marks_and_reading_it_gives_them()
    {
        using var log = new TestLog();
        log.AppendWindows(30);
        var cut = new CutBuilder(Settings, new StepId("policy", 0)).Over(log.Log, log.All(Topics.Windows));
        Assert.Equal(30, cut.RecordHashes.Count);
        Assert.Equal(30, cut.Ranges.Sum(r => r.Records));
        Assert.Equal([0, 1, 2, 3], cut.Ranges.Select(r => r.Partition));
        Assert.Equal((-1, RunSettingsJson.Hash(Settings), Digest.Seed(5, "policy", "0")), (cut.Parent, cut.SettingsHash, cut.Seed));
        var records = CutRecords.Read(log.Log, Cut.FromJson(cut.ToJson())).Records;
        Assert.Equal(
            log.Records(Topics.Windows).Where(r => !EndMark.Is(r, out _)).Select(r => (r.Partition, r.Offset)), records.Select(r => (r.Partition, r.Offset)));
    }

    [Fact]
    public void What_comes_after_the_cut_is_not_of_it()
    {
        using var log = new TestLog();
        log.AppendWindows(10);
        var cut = new CutBuilder(Settings, new StepId("policy", 0)).Over(log.Log, log.All(Topics.Windows));
        log.AppendWindows(10, text: "later");
        Assert.Equal(10, CutRecords.Read(log.Log, cut).Records.Count);
    }

    [Fact]
    public void A_changed_value_halts_the_reader_before_it_shows_the_record()
    {
        using var log = new TestLog();
        log.AppendWindows(20);
        var cut = new CutBuilder(Settings, new StepId("policy", 0)).Over(log.Log, log.All(Topics.Windows));
        using var changed = new TestLog();
        changed.AppendWindows(20, text: "b");
        var shown = 0;
        var error = Assert.Throws<CutMismatchException>(() => CutReader.ForEach(changed.Log, cut, _ => shown++));
        Assert.Equal(0, shown);
        Assert.Contains("cut policy/0: windows.v1/0/", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_record_halts_the_reader()
    {
        using var log = new TestLog();
        log.AppendWindows(20, ends: false);
        var cut = new CutBuilder(Settings, new StepId("policy", 0)).Over(log.Log, log.All(Topics.Windows));
        using var shorter = new TestLog();
        shorter.AppendWindows(19, ends: false);
        var missing = cut.Ranges.Single(r => r.To > shorter.Log.Bounds(new TopicPartition(r.Topic, r.Partition)).End);
        var error = Assert.Throws<CutMismatchException>(() => CutRecords.Read(shorter.Log, cut).Records);
        Assert.Contains(
            $"windows.v1/{missing.Partition}: expected {missing.Records} records, found {missing.Records - 1}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_digest_or_one_record_more_halts_the_reader()
    {
        using var log = new TestLog();
        log.AppendWindows(20);
        var cut = new CutBuilder(Settings, new StepId("policy", 0)).Over(log.Log, log.All(Topics.Windows));
        Assert.Contains(
            "digest",
            Assert.Throws<CutMismatchException>(() => CutRecords.Read(log.Log, cut with { Digest = RecordHash.Digest([]) }).Records).Message,
            StringComparison.Ordinal);
        var fewer = cut with { RecordHashes = [.. cut.RecordHashes.SkipLast(1)], Digest = RecordHash.Digest(cut.RecordHashes.SkipLast(1)) };
        Assert.Throws<CutMismatchException>(() => CutRecords.Read(log.Log, fewer).Records);
    }

    [Fact]
    public void Of_rollouts_a_cut_holds_those_of_its_own_step_only()
    {
        using var log = new TestLog();
        log.Append([.. RowRecords.Rollouts(log.Log, [TestLog.Row("u1", 0)], new StepId("policy", 1), Purposes.Update)]);
        log.Append([.. RowRecords.Rollouts(log.Log, [TestLog.Row("u2", 0)], new StepId("policy", 2), Purposes.Update)]);
        var cut = new CutBuilder(Settings, new StepId("policy", 2)) { RewardModel = "reward", ReferencePolicy = "reference" }
            .Over(log.Log, log.All(Topics.Rollouts));
        Assert.Equal("policy/2", Assert.Single(CutRecords.Read(log.Log, cut).Records).Header(HeaderNames.Step));
        Assert.Equal(("reward", "reference"), (cut.RewardModel, cut.ReferencePolicy));
    }

    [Fact]
    public void A_sample_takes_training_users_only_by_the_hash_of_seed_and_window()
    {
        using var log = new TestLog();
        log.AppendWindows(40, perUser: 3);
        var cut = new CutBuilder(Settings, new StepId("policy", 0)).Over(log.Log, log.All(Topics.Windows));
        var fold = new Fold(0, 1, HeldOutBuckets: 15);
        var samples = WindowCut.Training(log.Log, cut, fold, new WindowCut.Sample(10, 7), new WindowCut.Sample(10_000, 8));
        var training = Enumerable.Range(0, 120).Where(i => i % 40 >= 15).Select(i => $"w{i:D4}").ToList();
        Assert.Equal(training.OrderBy(id => Digest.Sha256Hex("7", id), StringComparer.Ordinal).Take(10), samples[0].Select(w => w.Id));
        Assert.Equal(training.OrderBy(id => Digest.Sha256Hex("8", id), StringComparer.Ordinal), samples[1].Select(w => w.Id));
        Assert.Equal(75, WindowCut.AllTraining(log.Log, cut, fold).Count);
        Assert.Equal(40, WindowCut.Users(log.Log, cut));
    }

    [Fact]
    public void Of_each_held_out_user_the_newest_window_is_measured()
    {
        using var log = new TestLog();
        log.AppendWindows(40, perUser: 3);
        var cut = new CutBuilder(Settings, new StepId("policy", 0)).Over(log.Log, log.All(Topics.Windows));
        var heldOut = WindowCut.HeldOut(log.Log, cut, new Fold(0, 1, HeldOutBuckets: 15));
        Assert.Equal(Enumerable.Range(80, 15).Select(i => $"w{i:D4}"), heldOut.Select(w => w.Id));
    }
}
