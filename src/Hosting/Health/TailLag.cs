using System.Globalization;
using Tppo.Core.Log;
using Tppo.Facts;
using Tppo.Hosting.Instruments;
using Tppo.Streaming.Log;

namespace Tppo.Hosting.Health;

/// <summary>
/// How far those are behind who read topics on by themselves, without a group: trainers and whoever needs facts. What groups lag
/// behind the log tells by itself. For any thread.
/// </summary>
public sealed class TailLag
{
    private readonly Lock gate = new();
    private readonly List<(string Reader, TopicTail Tail)> watched = [];

    /// <summary>Watches what a reader reads.</summary>
    /// <param name="reader">Stands in the metric where groups do.</param>
    /// <param name="tails">Its tails.</param>
    public void Watch(string reader, params IEnumerable<TopicTail> tails)
    {
        lock (gate) watched.AddRange(tails.Select(tail => (reader, tail)));
    }

    /// <summary>Sets the metrics.</summary>
    /// <param name="log">The log.</param>
    /// <param name="now">The time by which records age.</param>
    /// <exception cref="LogException">The log cannot be reached.</exception>
    public void Tell(IEventLog log, DateTimeOffset now)
    {
        List<(string Reader, TopicTail Tail)> all;
        lock (gate) all = [.. watched];
        foreach (var (reader, tail) in all)
        {
            var oldest = TimeSpan.Zero;
            for (var p = 0; p < tail.Partitions; p++)
            {
                var (partition, position) = (new TopicPartition(tail.Topic, p), tail.Position(p));
                var end = log.Bounds(partition).End;
                // What stands there may be marks of transactions alone.
                var next = position < end ? log.Read(partition, position, end).FirstOrDefault() : null;
                if (next is not null && now - next.Timestamp > oldest) oldest = now - next.Timestamp;
                LogInstruments.ConsumerLagRecords.WithLabels(reader, tail.Topic, p.ToString(CultureInfo.InvariantCulture))
                    .Set(next is null ? 0 : end - next.Offset);
            }

            LogInstruments.ConsumerLagSeconds.WithLabels(reader, tail.Topic).Set(oldest.TotalSeconds);
        }
    }
}
