using Tppo.Core.Log;

namespace Tppo.Streaming.Log;

/// <summary>Hears what happens in a backend that nobody asked for: for metrics and for people. May be called on any thread.</summary>
public interface ILogObserver
{
    /// <summary>Hears and does nothing.</summary>
    static ILogObserver None { get; } = new Silent();

    /// <summary>A step or append of a group or client ended.</summary>
    void Transaction(string owner, StepOutcome outcome);

    /// <summary>Numbers are missing between two neighbours of one sequence.</summary>
    void SequenceGap(string topic, long missing);

    /// <summary>A number of a sequence came again.</summary>
    void SequenceDuplicate(string topic);

    /// <summary>Keyed state of a partition is being restored: records of the changelog that are still to be read, 0 at the end.</summary>
    void Restoring(string group, int partition, long remaining);

    /// <summary>How far a member is behind the end of a partition, in offsets: marks of transactions count too.</summary>
    void Lag(string group, TopicPartition partition, long records);

    /// <summary>
    /// How long the oldest record of a topic that a member has not been given stands on the log, its own partitions alone; zero:
    /// none is known.
    /// </summary>
    void Age(string group, string topic, TimeSpan oldest);

    /// <summary>Something that a person may want to know, in one line.</summary>
    void Notice(string text);

    /// <summary>Something that is not as it should be, in one line; work goes on.</summary>
    void Warning(string text);

    private sealed class Silent : ILogObserver
    {
        public void Transaction(string owner, StepOutcome outcome)
        {
        }

        public void SequenceGap(string topic, long missing)
        {
        }

        public void SequenceDuplicate(string topic)
        {
        }

        public void Restoring(string group, int partition, long remaining)
        {
        }

        public void Lag(string group, TopicPartition partition, long records)
        {
        }

        public void Age(string group, string topic, TimeSpan oldest)
        {
        }

        public void Notice(string text)
        {
        }

        public void Warning(string text)
        {
        }
    }
}
