using System.Globalization;
using Tppo.Core;
using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Cli.TopicAdmin;

/// <summary>
/// Prints records of a topic in order within each partition; holds one record and a buffer of output at a time. Ends at the log's
/// present end, after <paramref name="count"/> records, when nobody reads the output any more, or never where it follows.
/// </summary>
/// <param name="topic">The topic.</param>
/// <param name="partition">One partition; null: all.</param>
/// <param name="start">Where to begin.</param>
/// <param name="count">Records at most; null: no limit.</param>
/// <param name="follow">Whether to go on with what is appended later.</param>
internal sealed class RecordTail(TopicSpec topic, int? partition, TailStart start, long? count, bool follow)
{
    private long left = count ?? long.MaxValue;

    /// <summary>Prints.</summary>
    /// <exception cref="UserException">The topic has no such partition, or the count is not positive.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; whole lines have been printed.</exception>
    public void Run(FollowedLog log, RecordOutput output, CancellationToken ct)
    {
        if (left < 1) throw new UserException(string.Create(CultureInfo.InvariantCulture, $"--count: expected 1 or more, found {left}"));
        var positions = Places(log.Log).ToDictionary(p => p, p => start.Offset ?? log.Log.Bounds(p).End);
        do
        {
            foreach (var place in positions.Keys.ToList())
            {
                if (!Print(log.Log, place, positions, output, ct)) return;
            }

            if (!output.Flush()) return;
        }
        while (follow && log.WaitForMore(ct));
    }

    /// <summary>Prints one partition to its present end; false where it was the last record, or nobody reads on.</summary>
    private bool Print(IEventLog log, TopicPartition place, Dictionary<TopicPartition, long> positions, RecordOutput output, CancellationToken ct)
    {
        foreach (var record in log.Read(place, positions[place]))
        {
            ct.ThrowIfCancellationRequested();
            positions[place] = record.Offset + 1;
            if (!output.Write(record)) return false;
            if (--left == 0) return false;
        }

        return true;
    }

    private IEnumerable<TopicPartition> Places(IEventLog log)
    {
        var partitions = log.Partitions(topic.Name);
        if (partition is null) return Enumerable.Range(0, partitions).Select(p => new TopicPartition(topic.Name, p));
        if (partition < 0 || partition >= partitions)
            throw new UserException(
                string.Create(CultureInfo.InvariantCulture, $"--partition: expected 0 to {partitions - 1} of {topic.Name}, found {partition}"));
        return [new TopicPartition(topic.Name, partition.Value)];
    }
}
