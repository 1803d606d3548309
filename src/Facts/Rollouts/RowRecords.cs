using System.Globalization;
using System.Text;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.Streaming.Wire;

namespace Tppo.Facts.Rollouts;

/// <summary>
/// Rows as Arrow records: rows of one partition, whole stages at once, so that counts and stage ends alone decide which rows share a
/// record.
/// </summary>
public static class RowRecords
{
    /// <summary>Most rows a record.</summary>
    public const int RowsMax = 256;

    /// <summary>Records of <c>rollouts.v1</c>, in order of partition.</summary>
    public static IEnumerable<OutgoingRecord> Rollouts(IEventLog log, IReadOnlyList<RolloutRow> rows, StepId step, string purpose)
    {
        var partitions = log.Partitions(Topics.Rollouts);
        foreach (var group in rows.GroupBy(r => Murmur2.Partition(Encoding.UTF8.GetBytes(r.User), partitions)).OrderBy(g => g.Key))
        {
            foreach (var chunk in group.Chunk(RowsMax))
            {
                string[] ids = [.. chunk.Select(r => r.RolloutId)];
                yield return Record(Topics.Rollouts, group.Key, chunk[0].User, ids, RolloutCodec.Encode(chunk), step, purpose);
            }
        }
    }

    /// <summary>One record of <c>token-rewards.v1</c>, on the partition that its rollouts came from.</summary>
    public static OutgoingRecord TokenRewards(int partition, IReadOnlyList<TokenRewardRow> rows, StepId step) =>
        Record(Topics.TokenRewards, partition, rows[0].User, [.. rows.Select(r => r.RolloutId)], TokenRewardCodec.Encode(rows), step, Purposes.Label);

    private static OutgoingRecord Record(string topic, int partition, string key, string[] rowIds, byte[] value, StepId step, string purpose) => new()
    {
        Topic = topic,
        Partition = partition,
        Key = key,
        Value = value,
        Headers = CloudEvent.Headers(
            Digest.Sha256Hex(rowIds), $"tppo/{step}", $"tppo.{topic[..^3]}.v1", "", CloudEvent.Arrow,
            new Header(HeaderNames.Step, step.ToString()), new Header(HeaderNames.Purpose, purpose),
            new Header(HeaderNames.Rows, rowIds.Length.ToString(CultureInfo.InvariantCulture))),
    };
}
