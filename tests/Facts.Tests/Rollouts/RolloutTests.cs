using System.Text;
using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Facts.Cuts;
using Tppo.Facts.Rollouts;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.Streaming.Wire;
using Tppo.TestKit;

namespace Tppo.Facts.Tests;

public class RolloutTests
{
    [Fact]
    public void A_record_holds_rows_of_one_partition_whose_key_is_its_first_rows_user()
    {
        using var log = new TestLog();
        List<RolloutRow> rows = [.. Enumerable.Range(0, 1500).Select(i => TestLog.Row($"user{i % 50}", i))];
        var records = RowRecords.Rollouts(log.Log, rows, new StepId("policy", 3), Purposes.Update).ToList();
        foreach (var record in records)
        {
            var held = RolloutCodec.Decode(record.Value);
            Assert.InRange(held.Length, 1, RowRecords.RowsMax);
            Assert.All(held, r => Assert.Equal(record.Partition, Murmur2.Partition(Encoding.UTF8.GetBytes(r.User), 4)));
            Assert.Equal(held[0].User, record.Key);
            string Header(string name) => Assert.Single(record.Headers, h => h.Name == name).Value;
            Assert.Equal(Digest.Sha256Hex([.. held.Select(r => r.RolloutId)]), Header(HeaderNames.Id));
            Assert.Equal(("policy/3", Purposes.Update, $"{held.Length}"), (Header(HeaderNames.Step), Header(HeaderNames.Purpose), Header(HeaderNames.Rows)));
        }

        Assert.Equal(rows.Select(r => r.RolloutId).Order(), records.SelectMany(r => RolloutCodec.Decode(r.Value)).Select(r => r.RolloutId).Order());
        Assert.Equal(rows.GroupBy(r => Murmur2.Partition(Encoding.UTF8.GetBytes(r.User), 4)).Sum(g => (g.Count() + 255) / 256), records.Count);
    }

    [Fact]
    public void Token_rewards_go_to_the_partition_of_their_rollouts_whatever_the_key()
    {
        TokenRewardRow row = new()
        {
            RolloutId = "r",
            JudgementId = "j",
            User = "u",
            ResponseIds = [1],
            WordIndex = [0],
            Categories = [Category.Relevant],
            Sentence = Category.Irrelevant,
            TokenizerSha256 = "t",
        };
        var record = RowRecords.TokenRewards(3, [row], new StepId("policy", 0));
        Assert.Equal((3, "u", Topics.TokenRewards), (record.Partition, record.Key, record.Topic));
        Assert.Equal("r", Assert.Single(TokenRewardCodec.Decode(record.Value)).RolloutId);
    }

    [Fact]
    public void The_index_finds_each_steps_records_and_reads_on()
    {
        using var log = new TestLog();
        var index = new RolloutIndex(log.Log);
        index.Refresh();
        Assert.Null(index.Find(Steps[0]));
        foreach (var step in Steps)
        {
            AppendRollouts(log, step);
            index.Refresh();
        }

        foreach (var step in Steps)
        {
            var found = index.Find(step)!;
            Assert.Equal([0, 1, 2, 3], found.Select(f => f.Range.Place.Partition));
            foreach (var (range, records) in found)
                Assert.Equal(log.Log.Read(range.Place, range.From, range.To).Select(r => r.Offset), records.Select(r => r.Offset));
            Assert.All(found.SelectMany(f => f.Records), r => Assert.Equal(step.ToString(), r.Header(HeaderNames.Step)));
            Assert.Equal(900, found.SelectMany(f => f.Records).Sum(r => RolloutCodec.Decode(r.Value).Length));
        }
    }

    [Fact]
    public void A_record_of_the_newest_update_is_read_once_from_index_to_cut()
    {
        using var log = new TestLog();
        var counted = new CountingReads(log.Log);
        var index = new RolloutIndex(counted);
        AppendRollouts(log, Steps[0]);
        AppendRollouts(log, Steps[1]);
        index.Refresh();
        var read = counted.Records;
        var cut = new CutBuilder(new RunSettings(), Steps[1]).With(index.Find(Steps[1])!);
        index.Refresh();
        Assert.Equal(read, counted.Records);
        Assert.Equal(CutRecords.Read(log.Log, cut.Cut).Records.Select(r => (r.Partition, r.Offset)), cut.Records.Select(r => (r.Partition, r.Offset)));

        // An older step's are read again by whoever resumes there, and each once.
        var older = index.Find(Steps[0])!;
        Assert.Equal(read + older.Sum(o => o.Records.Count), counted.Records);
    }

    [Fact]
    public void Rows_are_learned_from_in_the_order_of_seed_and_window_whatever_partitions_they_came_from()
    {
        List<RolloutRow> rows = [.. Enumerable.Range(0, 40).Select(i => TestLog.Row($"user{i / 4}", i % 4))];
        var expected = rows.Select(r => r.WindowId).Distinct().OrderBy(w => Digest.Sha256Hex("9", w), StringComparer.Ordinal).ToList();
        var shuffled = rows.ToArray();
        SeededRandom.For("shuffle", 1).Shuffle<RolloutRow>(shuffled);
        var ordered = RolloutOrder.ByWindow(shuffled, 9);
        Assert.Equal(expected, ordered.Select(w => w[0].WindowId));
        Assert.All(ordered, w => Assert.Equal([0, 1, 2, 3], w.Select(r => r.Sample)));
        Assert.NotEqual(expected, RolloutOrder.ByWindow(shuffled, 10).Select(w => w[0].WindowId));
    }

    private static readonly StepId[] Steps = [new("policy", 1), new("policy", 2)];

    private static void AppendRollouts(TestLog log, StepId step) =>
        log.Append([.. RowRecords.Rollouts(log.Log, [.. Enumerable.Range(0, 900).Select(i => TestLog.Row($"user{i}", i))], step, Purposes.Update)]);

    private sealed class CountingReads(IEventLog inner) : LogAround(inner)
    {
        public int Records { get; private set; }

        public override IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null) =>
            base.Read(partition, from, toExclusive).Select(r =>
            {
                Records++;
                return r;
            });
    }
}
