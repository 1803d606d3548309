using Tppo.Core.Events;
using Tppo.Core.Sequencing;

namespace Tppo.Core.Tests;

/// <summary>One record of a topic; a null order is an end mark.</summary>
internal sealed record TopicRecord(int Topic, long Offset, EventOrder? Order);

/// <summary>
/// A partition of four topics with a sequencer on it, as a service runs one: reads come in batches, each batch ends in a step that
/// commits outputs, state and positions at once, and a restart goes on from what was committed.
/// </summary>
internal sealed class SequencedPartition(IReadOnlyList<TopicRecord>[] topics, TimeSpan lateness)
{
    private readonly int[] next = new int[topics.Length];
    private PartitionSequencer<TopicRecord> sequencer = new(topics.Length, lateness);
    private SequencerState? committed;
    private long[] resume = new long[topics.Length];

    public List<TopicRecord> Released { get; } = [];

    public List<TopicRecord> Late { get; } = [];

    public List<TopicRecord> Duplicates { get; } = [];

    public int Ends { get; private set; }

    public PartitionSequencer<TopicRecord> Sequencer => sequencer;

    public bool AtEnd => Enumerable.Range(0, topics.Length).All(t => next[t] == topics[t].Count);

    /// <summary>Reads on in one topic; a step that crashes leaves nothing behind.</summary>
    public void Step(int topic, int count, bool crash = false) => Step([(topic, count)], crash);

    /// <summary>The same over several topics in one batch.</summary>
    public void Step(IEnumerable<(int Topic, int Count)> reads, bool crash = false)
    {
        List<TopicRecord> late = [], duplicates = [];
        var ended = false;
        foreach (var (topic, count) in reads)
        {
            for (var i = 0; i < count && next[topic] < topics[topic].Count; i++)
            {
                var record = topics[topic][next[topic]++];
                if (record.Order is not { } order)
                {
                    sequencer.End(topic, record.Offset);
                    ended = true;
                    continue;
                }

                var outcome = sequencer.Offer(topic, record.Offset, order, "test", record);
                if (outcome == OfferOutcome.Late) late.Add(record);
                if (outcome == OfferOutcome.Duplicate) duplicates.Add(record);
            }
        }

        List<TopicRecord> released = [.. sequencer.Release()];
        var allEnded = ended && sequencer.HasEnded;
        if (allEnded) sequencer.Reopen();
        if (crash)
        {
            Restart();
            return;
        }

        Released.AddRange(released);
        Late.AddRange(late);
        Duplicates.AddRange(duplicates);
        if (allEnded) Ends++;
        committed = SequencerState.FromJson(sequencer.State.ToJson());
        resume = [.. Enumerable.Range(0, topics.Length).Select(sequencer.ResumeAt)];
    }

    /// <summary>Reads every topic, in one batch, until so many of its records were read.</summary>
    public void StepTo(IReadOnlyList<int> read) => Step([.. read.Select((r, t) => (t, r - next[t]))]);

    public void Restart()
    {
        sequencer = new PartitionSequencer<TopicRecord>(topics.Length, lateness, committed);
        for (var t = 0; t < topics.Length; t++) next[t] = topics[t].TakeWhile(r => r.Offset < resume[t]).Count();
    }

    public void ReadToEnd()
    {
        for (var t = 0; !AtEnd; t = (t + 1) % topics.Length) Step(t, 3);
    }
}
