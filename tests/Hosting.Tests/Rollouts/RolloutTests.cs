using System.Text;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.Streaming.Wire;

namespace Tppo.Hosting.Tests;

public class RolloutTests
{
    [Fact]
    public void A_record_holds_rows_of_one_partition_whose_key_is_its_first_rows_user()
    {
        using var log = new TestLog();
        List<RolloutRow> rows = [.. Enumerable.Range(0, 1500).Select(i => TestLog.Row($"user{i % 50}", i))];
        var records = RowRecords.Rollouts(log.Log, rows, "policy/3", Purposes.Update).ToList();
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
            Categories = [2],
            Sentence = 1,
            TokenizerSha256 = "t",
        };
        var record = RowRecords.TokenRewards(3, [row], "policy/0");
        Assert.Equal((3, "u", Topics.TokenRewards), (record.Partition, record.Key, record.Topic));
        Assert.Equal("r", Assert.Single(TokenRewardCodec.Decode(record.Value)).RolloutId);
    }

    [Fact]
    public void The_index_finds_each_steps_ranges_and_reads_on()
    {
        using var log = new TestLog();
        var index = new RolloutIndex(log.Log);
        index.Refresh();
        Assert.Null(index.Ranges("policy/1"));
        foreach (var step in (string[])["policy/1", "policy/2"])
        {
            log.Append([.. RowRecords.Rollouts(log.Log, [.. Enumerable.Range(0, 900).Select(i => TestLog.Row($"user{i}", i))], step, Purposes.Update)]);
            index.Refresh();
        }

        foreach (var step in (string[])["policy/1", "policy/2"])
        {
            var ranges = index.Ranges(step)!;
            Assert.Equal([0, 1, 2, 3], ranges.Select(r => r.Partition.Partition));
            var records = ranges.SelectMany(r => log.Log.Read(r.Partition, r.From, r.To)).ToList();
            Assert.All(records, r => Assert.Equal(step, r.Header(HeaderNames.Step)));
            Assert.Equal(900, records.Sum(r => RolloutCodec.Decode(r.Value).Length));
        }
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
}
