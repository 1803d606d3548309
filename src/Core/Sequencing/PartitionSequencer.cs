using Tppo.Core.Events;

namespace Tppo.Core.Sequencing;

/// <summary>
/// Puts one partition's events of several topics into the canonical order. Events are held for the allowed lateness behind
/// a watermark (the least of the topics' newest times) and what is strictly older than watermark − lateness is released by
/// time, type, user and id; what comes behind that bound is late. Pure; its state is a few numbers, since events that are
/// still held are read again after a restart.
/// </summary>
/// <remarks>
/// Always: released + late + duplicates = offered, whatever the interleaving of the topics and the restarts. After a restart
/// nothing is released before every topic has been read up to where it stood: until then, events that were held are missing.
/// </remarks>
public sealed class PartitionSequencer<T>
{
    private readonly TimeSpan lateness;
    private readonly TopicState[] topics;
    private readonly PriorityQueue<Entry, EventOrder> held = new();
    private readonly HashSet<(int Topic, string Source, string Id)> known = [];

    // By time, so that an id is known for exactly as long as its event is not older than the horizon, in whatever order they came.
    private readonly PriorityQueue<Entry, DateTime> recent = new();

    /// <summary>A partition, new or as a state holds it.</summary>
    /// <param name="topicCount">How many topics are merged.</param>
    /// <param name="lateness">How long events are held behind the watermark.</param>
    /// <param name="state">Where a former life ended; null at the start of all.</param>
    public PartitionSequencer(int topicCount, TimeSpan lateness, SequencerState? state = null)
    {
        this.lateness = lateness;
        topics = [.. Enumerable.Range(0, topicCount).Select(i => new TopicState(state?.Topics[i] ?? new SequencerTopicState(DateTime.MinValue, 0, 0)))];
        ReleasedBefore = state?.ReleasedBefore ?? DateTime.MinValue;
    }

    /// <summary>Everything older than this was released; it never falls.</summary>
    public DateTime ReleasedBefore { get; private set; }

    /// <summary>Events held.</summary>
    public int Held => held.Count;

    /// <summary>The watermark: the least of the topics' newest times; a topic that has ended holds nobody back.</summary>
    public DateTime Watermark => topics.Min(t => t.Ended ? DateTime.MaxValue : t.Newest);

    /// <summary>The state after <see cref="Release"/>: all that a restart needs besides the log.</summary>
    public SequencerState State => new(ReleasedBefore, [.. topics.Select(t => t.State)]);

    /// <summary>Whether a topic runs ahead of the slowest: reading on there only makes more wait. Never while it is being read again.</summary>
    public bool IsAhead(int topic) => !topics[topic].IsBehind && (topics[topic].Ended || topics[topic].Newest > Watermark);

    /// <summary>Takes an event in.</summary>
    /// <param name="topic">Which topic it came from.</param>
    /// <param name="offset">Where it stood there.</param>
    /// <param name="order">Its place in the order.</param>
    /// <param name="source">Who says so; with its id the key by which duplicates are told.</param>
    /// <param name="item">What is released in its turn.</param>
    /// <param name="imported">Whether an import brought it, which an end mark will close.</param>
    public OfferOutcome Offer(int topic, long offset, EventOrder order, string source, T item, bool imported = false)
    {
        var state = topics[topic];
        var again = !state.Pass(offset);
        if (imported && !again) state.Importing = true;
        var entry = new Entry(topic, offset, order, source, item);
        if (order.Time < ReleasedBefore)
        {
            // Its id is remembered whether it is late or stood in a former life, so that lives with and without restarts agree.
            var first = Remember(entry);
            return again ? OfferOutcome.AlreadyDone : first ? OfferOutcome.Late : OfferOutcome.Duplicate;
        }

        if (!known.Add(entry.Key)) return again ? OfferOutcome.AlreadyDone : OfferOutcome.Duplicate;
        if (order.Time > state.Newest) state.Newest = order.Time;
        state.Kept.Add(offset);
        held.Enqueue(entry, order);
        return OfferOutcome.Held;
    }

    /// <summary>Notes a record that is no event; false where a former life has dealt with it.</summary>
    public bool Skip(int topic, long offset) => topics[topic].Pass(offset);

    /// <summary>Notes that a topic's import has ended: it holds nobody back any more. A mark that is read again changes nothing.</summary>
    public void End(int topic, long offset, string stage = "")
    {
        var state = topics[topic];
        if (!state.Pass(offset)) return;
        state.Importing = false;
        state.Ends.Enqueue(new SequencerEnd(stage, state.Newest));
    }

    /// <summary>Whether every topic's import has ended: what it brought is released next, and <see cref="Reopen"/> follows.</summary>
    public bool HasEnded => topics.All(t => t is { Ended: true, IsBehind: false });

    /// <summary>The import that has ended on every topic.</summary>
    /// <exception cref="InvalidOperationException">None has.</exception>
    public string EndedStage => topics[0].Ends.Peek().Stage;

    /// <summary>After every topic has ended: live events or another import may follow, and hold back again.</summary>
    public void Reopen()
    {
        foreach (var topic in topics) topic.Ends.Dequeue();
    }

    /// <summary>Whether an import is under way: from its first event, or its first end mark, to its end marks on every topic.</summary>
    public bool IsImporting => topics.Any(t => t.Importing || t.Ended);

    /// <summary>
    /// The time up to which quiet topics would have to be taken as read so that something held is released: what the others have
    /// reached, the newest time of all where every topic is quiet, and never past <paramref name="latest"/>. Null where that releases
    /// nothing, while an import is under way, and while topics are being read again.
    /// </summary>
    /// <param name="isQuiet">Whether a topic has brought nothing for long.</param>
    /// <param name="latest">The present: a future event must not carry quiet topics with it.</param>
    public DateTime? IdleTime(Func<int, bool> isQuiet, DateTime latest)
    {
        if (IsImporting || topics.Any(t => t.IsBehind) || !held.TryPeek(out _, out var oldest)) return null;
        var awake = topics.Where((_, i) => !isQuiet(i)).ToList();
        var reached = awake.Count > 0 ? awake.Min(t => t.Newest) : topics.Max(t => t.Newest);
        if (reached > latest) reached = latest;
        return reached - DateTime.MinValue > lateness && oldest.Time < reached - lateness ? reached : null;
    }

    /// <summary>Whether a topic holds the others back at this time, and no idle mark for it is on its way.</summary>
    public bool IsWaitedFor(int topic, DateTime time) => topics[topic].Newest < time && topics[topic].MarkedTo < time;

    /// <summary>Notes that an idle mark was written for a topic; it takes effect where it is read.</summary>
    public void Marked(int topic, DateTime time) => topics[topic].MarkedTo = time;

    /// <summary>Takes a topic as read up to a time, at an idle mark; false where a former life has dealt with it.</summary>
    public bool Idle(int topic, long offset, DateTime time)
    {
        if (!topics[topic].Pass(offset)) return false;
        if (time > topics[topic].Newest) topics[topic].Newest = time;
        return true;
    }

    /// <summary>Releases what has become strictly older than watermark − lateness, in canonical order.</summary>
    public IEnumerable<T> Release()
    {
        if (topics.Any(t => t.IsBehind)) yield break;
        var bound = Bound();
        while (held.TryPeek(out _, out var order) && order.Time < bound)
        {
            var entry = held.Dequeue();
            recent.Enqueue(entry, entry.Order.Time);
            yield return entry.Item;
        }

        if (bound > ReleasedBefore) ReleasedBefore = bound;
        Forget();
    }

    /// <summary>
    /// The offset from which a topic must be read after a restart: before every event that is held, and before those whose
    /// ids still tell duplicates.
    /// </summary>
    public long ResumeAt(int topic) => topics[topic].ResumeAt;

    // At the end of an import the bound is just past its newest event: all of it goes, and what follows it is not late.
    private DateTime Bound()
    {
        if (HasEnded)
        {
            var newest = topics.Max(t => t.Ends.Peek().Newest);
            return newest < DateTime.MaxValue ? newest.AddTicks(1) : newest;
        }

        var watermark = Watermark;
        return watermark.Ticks > lateness.Ticks ? watermark - lateness : DateTime.MinValue;
    }

    // Ids of events released since then still tell duplicates.
    private DateTime Horizon => ReleasedBefore.Ticks > lateness.Ticks ? ReleasedBefore - lateness : DateTime.MinValue;

    // False where its id is known.
    private bool Remember(Entry entry)
    {
        if (entry.Order.Time < Horizon) return true;
        if (!known.Add(entry.Key)) return false;
        topics[entry.Topic].Kept.Add(entry.Offset);
        recent.Enqueue(entry, entry.Order.Time);
        return true;
    }

    private void Forget()
    {
        while (recent.TryPeek(out var entry, out var time) && time < Horizon)
        {
            recent.Dequeue();
            known.Remove(entry.Key);
            topics[entry.Topic].Kept.Remove(entry.Offset);
        }
    }

    private sealed record Entry(int Topic, long Offset, EventOrder Order, string Source, T Item)
    {
        public (int Topic, string Source, string Id) Key => (Topic, Source, Order.Id);
    }

    private sealed class TopicState(SequencerTopicState state)
    {
        // One past the last offset read in this life.
        private long position = state.ResumeAt;

        public DateTime Newest { get; set; } = state.Newest;

        public bool Importing { get; set; } = state.Importing;

        public DateTime MarkedTo { get; set; } = state.MarkedTo;

        public Queue<SequencerEnd> Ends { get; } = new(state.Ends ?? []);

        public bool Ended => Ends.Count > 0;

        public KeptOffsets Kept { get; } = new();

        /// <summary>One past the last offset read in any life.</summary>
        public long Read { get; private set; } = state.Read;

        /// <summary>Whether a former life has read further.</summary>
        public bool IsBehind => position < Read;

        public SequencerTopicState State => new(Newest, Read, ResumeAt, Importing, MarkedTo, [.. Ends]);

        public long ResumeAt => Kept.Least ?? position;

        /// <summary>Notes that an offset was read; false where a former life has read it.</summary>
        public bool Pass(long offset)
        {
            position = Math.Max(position, offset + 1);
            if (offset < Read) return false;
            Read = offset + 1;
            return true;
        }
    }
}
