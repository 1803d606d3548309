using System.Diagnostics;
using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Ingest.Bench;

/// <summary>Takes the time from the moment the sequencer owns its partitions to the last commit, and counts commits by group.</summary>
internal sealed class StepTimes : ILogObserver
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, int> committed = [];
    private long first, last;

    /// <summary>From the sequencer's assignment to the last commit.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(first, last);

    /// <summary>Commits of a group.</summary>
    public int Of(string group) => committed.GetValueOrDefault(group);

    public void Transaction(string owner, StepOutcome outcome)
    {
        lock (gate)
        {
            committed[owner] = committed.GetValueOrDefault(owner) + 1;
            last = Stopwatch.GetTimestamp();
        }
    }

    public void Warning(string text)
    {
    }

    public void Notice(string text)
    {
        lock (gate)
        {
            if (first == 0 && text.Contains("sequencer-0: owns partitions", StringComparison.Ordinal)) first = Stopwatch.GetTimestamp();
        }
    }

    public void SequenceGap(string topic, long missing) => throw new InvalidOperationException($"{topic}: {missing} numbers are missing");

    public void SequenceDuplicate(string topic) => throw new InvalidOperationException($"{topic}: a number came again");

    public void Restoring(string group, int partition, long remaining)
    {
    }

    public void Lag(string group, TopicPartition partition, long records)
    {
    }

    public void Age(string group, string topic, TimeSpan oldest)
    {
    }
}
