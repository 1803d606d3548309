using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Cli.TopicAdmin;

/// <summary>One topic as it is now.</summary>
/// <param name="Spec">Its row of the table.</param>
/// <param name="Partitions">Partitions.</param>
/// <param name="Records">Records, counted by reading: offsets have holes.</param>
/// <param name="Start">Sum of the partitions' least offsets.</param>
/// <param name="End">Sum of the offsets after their last records.</param>
/// <param name="Bytes">Payload bytes, headers and keys aside.</param>
/// <param name="Differs">What differs from the table; empty: nothing.</param>
internal sealed record TopicRow(TopicSpec Spec, int Partitions, long Records, long Start, long End, long Bytes, string Differs)
{
    /// <summary>What differs of a topic that is not there.</summary>
    public const string Missing = "missing";

    /// <summary>The rows, each read as it is asked for.</summary>
    public static IEnumerable<TopicRow> Of(
        IEventLog log, IReadOnlyList<TopicSpec> table, IReadOnlyDictionary<string, string> differences, CancellationToken ct) =>
        table.Select(spec => Of(log, spec, differences.GetValueOrDefault(spec.Name, ""), ct));

    private static TopicRow Of(IEventLog log, TopicSpec spec, string differs, CancellationToken ct)
    {
        if (differs == Missing) return new TopicRow(spec, 0, 0, 0, 0, 0, differs);
        var row = new TopicRow(spec, log.Partitions(spec.Name), 0, 0, 0, 0, differs);
        for (var partition = 0; partition < row.Partitions; partition++)
        {
            var place = new TopicPartition(spec.Name, partition);
            var (start, end) = log.Bounds(place);
            var (records, bytes) = (0L, 0L);
            foreach (var record in log.Read(place, start, end))
            {
                ct.ThrowIfCancellationRequested();
                records++;
                bytes += record.Value.Length;
            }

            row = row with { Records = row.Records + records, Start = row.Start + start, End = row.End + end, Bytes = row.Bytes + bytes };
        }

        return row;
    }
}
