using Tppo.Core.Log;
using Tppo.Core.Sequencing;
using Tppo.Streaming.Log;

namespace Tppo.Ingest.Sequencing;

/// <summary>
/// Watches the wall clock for topics that bring nothing: the one place where it decides something, and what it decides becomes an
/// idle mark on the log before it acts. A topic is quiet where it brought no record for the idle time, was not paused, and has none left to read.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="consumer">Knows how far each partition is read.</param>
/// <param name="clock">The wall clock.</param>
/// <param name="idle">How long a topic brings nothing until it is quiet; zero: none ever is.</param>
internal sealed class IdleWatch(IEventLog log, IConsumer consumer, TimeProvider clock, TimeSpan idle)
{
    private readonly Dictionary<TopicPartition, long> brought = [];
    private readonly HashSet<TopicPartition> paused = [];

    /// <summary>Begins to watch a partition number, from now.</summary>
    public void Add(int partition)
    {
        foreach (var topic in EventTopics.All) Bring(new TopicPartition(topic, partition));
    }

    /// <summary>Watches a partition number no longer.</summary>
    public void Remove(int partition)
    {
        foreach (var topic in EventTopics.All)
        {
            brought.Remove(new TopicPartition(topic, partition));
            paused.Remove(new TopicPartition(topic, partition));
        }
    }

    /// <summary>Notes where records came from.</summary>
    public void Bring(IReadOnlyList<LogRecord> records)
    {
        TopicPartition last = default;
        foreach (var record in records)
        {
            // Records of one partition come in a row.
            if (record.Partition == last.Partition && record.Topic == last.Topic) continue;
            last = new TopicPartition(record.Topic, record.Partition);
            Bring(last);
        }
    }

    /// <summary>Stops or goes on reading a partition; one that is paused is not quiet, and begins anew afterwards.</summary>
    public void Pause(TopicPartition partition, bool pause)
    {
        if (pause)
        {
            paused.Add(partition);
            consumer.Pause(partition);
        }
        else
        {
            if (paused.Remove(partition)) Bring(partition);
            consumer.Resume(partition);
        }
    }

    /// <summary>The quiet topics of a partition number that hold something back, and the time up to which to take them as read.</summary>
    public IReadOnlyList<(TopicPartition Partition, int Topic, DateTime Time)> Due<T>(int partition, PartitionSequencer<T> sequencer)
    {
        if (idle == TimeSpan.Zero || sequencer.Held == 0) return [];
        if (sequencer.IdleTime(t => IsQuiet(At(t)), clock.GetUtcNow().UtcDateTime) is not { } time) return [];
        var due = Enumerable.Range(0, EventTopics.All.Count).Where(t => IsQuiet(At(t)) && sequencer.IsWaitedFor(t, time)).ToList();

        // What came meanwhile, e.g. while this process stood still, is read first: then nobody is quiet.
        var unread = due.FindAll(t => log.Read(At(t), consumer.Position(At(t))).Any());
        unread.ForEach(t => Bring(At(t)));
        return unread.Count > 0 ? [] : due.ConvertAll(t => (At(t), t, time));

        TopicPartition At(int topic) => new(EventTopics.All[topic], partition);
    }

    private void Bring(TopicPartition partition) => brought[partition] = clock.GetTimestamp();

    private bool IsQuiet(TopicPartition partition) =>
        !paused.Contains(partition) && brought.TryGetValue(partition, out var then) && clock.GetElapsedTime(then) >= idle;
}
