using Tppo.Core.Events;

namespace Tppo.Core.Sequencing;

/// <summary>What became of an event that was offered.</summary>
public enum OfferOutcome
{
    /// <summary>Held until the watermark has passed it.</summary>
    Held,

    /// <summary>Behind what was already released.</summary>
    Late,

    /// <summary>Known by (source, id).</summary>
    Duplicate,

    /// <summary>Read again after a restart: its effects stand already.</summary>
    AlreadyDone,
}

/// <summary>
/// Puts one partition's events of several topics into the canonical order. Events are held for the allowed lateness behind
/// a watermark (the least of the topics' newest times) and what is strictly older than watermark − lateness is released by
/// time, type, user and id; what comes behind that bound is late. Pure; its state is a few numbers, since events that are
/// still held are read again after a restart.
/// </summary>
/// <remarks>Always: released + late + duplicates = offered, whatever the interleaving of the topics.</remarks>
public sealed class PartitionSequencer<T>
{
    private readonly TimeSpan lateness;
    private readonly TopicState[] topics;
    private readonly PriorityQueue<Entry, EventOrder> held = new();
    private readonly HashSet<(string Source, string Id)> known = [];
    private readonly Queue<Entry> recent = new();

    /// <summary>A partition, new or as a state holds it.</summary>
    /// <param name="topicCount">How many topics are merged.</param>
    /// <param name="lateness">How long events are held behind the watermark.</param>
    /// <param name="state">Where a former life ended; null at the start of all.</param>
    public PartitionSequencer(int topicCount, TimeSpan lateness, SequencerState? state = null)
    {
        this.lateness = lateness;
        topics = [.. Enumerable.Range(0, topicCount).Select(i => new TopicState(state?.Topics[i] ?? new SequencerTopicState(DateTime.MinValue, false, 0)))];
        ReleasedBefore = state?.ReleasedBefore ?? DateTime.MinValue;
    }

    /// <summary>Everything older than this was released; it never falls.</summary>
    public DateTime ReleasedBefore { get; private set; }

    /// <summary>Events held.</summary>
    public int Held => held.Count;

    /// <summary>The watermark: the least of the topics' newest times; a topic that has ended holds nobody back.</summary>
    public DateTime Watermark => topics.Min(t => t.Ended ? DateTime.MaxValue : t.Newest);

    /// <summary>The state after <see cref="Release"/>: all that a restart needs besides the log.</summary>
    public SequencerState State => new(ReleasedBefore, [.. topics.Select(t => new SequencerTopicState(t.Newest, t.Ended, t.Read))]);

    /// <summary>Whether a topic runs ahead of the slowest: reading on there only makes more wait.</summary>
    public bool IsAhead(int topic) => topics[topic].Ended || topics[topic].Newest > Watermark;

    /// <summary>Takes an event in.</summary>
    public OfferOutcome Offer(int topic, long offset, EventOrder order, string source, T item)
    {
        var state = topics[topic];
        if (offset < state.Read && order.Time < ReleasedBefore)
        {
            // Read again: released or late in a former life. Its id is remembered as if it had been released just now.
            Remember(new Entry(topic, offset, order, source, item));
            return OfferOutcome.AlreadyDone;
        }

        state.Read = Math.Max(state.Read, offset + 1);
        if (known.Contains((source, order.Id))) return OfferOutcome.Duplicate;
        if (order.Time > state.Newest) state.Newest = order.Time;
        if (order.Time < ReleasedBefore) return OfferOutcome.Late;
        known.Add((source, order.Id));
        state.Kept.Add(offset);
        held.Enqueue(new Entry(topic, offset, order, source, item), order);
        return OfferOutcome.Held;
    }

    /// <summary>Passes a record that is no event; false where it is read again after a restart and its effects stand already.</summary>
    public bool Pass(int topic, long offset)
    {
        if (offset < topics[topic].Read) return false;
        topics[topic].Read = offset + 1;
        return true;
    }

    /// <summary>Notes that a topic's import has ended: it holds nobody back any more. False where that was known.</summary>
    public bool End(int topic, long offset)
    {
        if (!Pass(topic, offset)) return false;
        topics[topic].Ended = true;
        return true;
    }

    /// <summary>Whether every topic's import has ended.</summary>
    public bool HasEnded => topics.All(t => t.Ended);

    /// <summary>After every topic has ended: live events may follow, and hold back again.</summary>
    public void Reopen()
    {
        foreach (var topic in topics) topic.Ended = false;
    }

    /// <summary>Releases what has become strictly older than watermark − lateness, in canonical order.</summary>
    public IEnumerable<T> Release()
    {
        var watermark = Watermark;
        var bound = watermark == DateTime.MaxValue ? watermark : watermark.Ticks > lateness.Ticks ? watermark - lateness : DateTime.MinValue;
        while (held.TryPeek(out _, out var order) && order.Time < bound)
        {
            var entry = held.Dequeue();
            recent.Enqueue(entry);
            yield return entry.Item;
        }

        // At the end of an import the bound is just past the newest event, so that later live events are not all late.
        if (bound == DateTime.MaxValue) bound = topics.Max(t => t.Newest).AddTicks(1);
        if (bound > ReleasedBefore) ReleasedBefore = bound;
        Forget();
    }

    /// <summary>
    /// The offset from which a topic must be read after a restart: before every event that is held, and before those whose
    /// ids still tell duplicates.
    /// </summary>
    public long ResumeAt(int topic) => topics[topic].Kept.Count > 0 ? topics[topic].Kept.Min : topics[topic].Read;

    // Ids of events released since then still tell duplicates.
    private DateTime Horizon => ReleasedBefore.Ticks > lateness.Ticks ? ReleasedBefore - lateness : DateTime.MinValue;

    private void Remember(Entry entry)
    {
        if (entry.Order.Time < Horizon || !known.Add((entry.Source, entry.Order.Id))) return;
        topics[entry.Topic].Kept.Add(entry.Offset);
        recent.Enqueue(entry);
    }

    private void Forget()
    {
        while (recent.TryPeek(out var entry) && entry.Order.Time < Horizon)
        {
            recent.Dequeue();
            known.Remove((entry.Source, entry.Order.Id));
            topics[entry.Topic].Kept.Remove(entry.Offset);
        }
    }

    private sealed record Entry(int Topic, long Offset, EventOrder Order, string Source, T Item);

    private sealed class TopicState(SequencerTopicState state)
    {
        public DateTime Newest { get; set; } = state.Newest;

        public bool Ended { get; set; } = state.Ended;

        public long Read { get; set; } = state.Read;

        public SortedSet<long> Kept { get; } = [];
    }
}
