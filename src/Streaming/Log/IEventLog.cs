using Tppo.Core.Log;

namespace Tppo.Streaming.Log;

/// <summary>
/// The event log: topics of ordered, keyed records, consumer groups with keyed state, and steps that change all of it at once.
/// </summary>
/// <remarks>
/// What every backend promises (the contract suite holds each to it):
/// <list type="bullet">
/// <item><b>Order.</b> Records of one partition are read in the order in which they were appended, under growing offsets.
/// Offsets have holes. There is no order between partitions.</item>
/// <item><b>Place.</b> A record goes to its explicit partition, else to murmur2(key) modulo the partitions, else to 0. Layout
/// and retention of a topic come from <see cref="Core.Log.Topics"/>; an unknown topic is an <see cref="ArgumentException"/>.</item>
/// <item><b>Atomic steps.</b> Outputs, keyed state and consumed offsets of one step take effect all at once or not at all; a
/// reader sees the outputs of a step all at once. Nothing uncommitted is ever seen by anyone.</item>
/// <item><b>At least once, and exactly once with steps.</b> A group resumes at its committed offsets. Who writes outputs,
/// state and offsets through the step alone, and rewinds after Aborted and Unknown, has each input's effects exactly once.</item>
/// <item><b>One owner.</b> Within a group a partition number p belongs to one member, in all subscribed topics at once, and
/// its keyed state goes with it. A member that lost a partition is fenced: its open step ends Aborted.</item>
/// <item><b>Durability.</b> What was committed is there after the process was killed.</item>
/// <item><b>Bounds.</b> Reads and polls hold a bounded number of bytes whatever the topic's size.</item>
/// </list>
/// What it does not promise: order between partitions, fairness beyond round-robin, or that a revocation is heard of before
/// the new owner starts (fencing protects the state, not the order of callbacks).
/// Threads: the log is safe for many; a consumer and its step belong to one thread at a time.
/// </remarks>
public interface IEventLog : IDisposable
{
    /// <summary>How many partitions a topic has.</summary>
    /// <exception cref="ArgumentException">No such topic.</exception>
    int Partitions(string topic);

    /// <summary>
    /// Grows with every append and step that committed records or state, by whatever process, and by nothing else (a step of
    /// offsets alone may count): unchanged means that nobody wrote meanwhile. The same in every process; records of
    /// <c>presence.v1</c> do not count where there are several.
    /// </summary>
    long Commits { get; }

    /// <summary>Blocks until <see cref="Commits"/> differs from <paramref name="seen"/>; false where the time passed first.</summary>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    bool WaitForCommit(long seen, TimeSpan timeout, CancellationToken ct);

    /// <summary>Appends all records or none, as a step without inputs. In order per partition.</summary>
    void Append(IReadOnlyList<OutgoingRecord> records);

    /// <summary>
    /// Committed records of one partition from offset <paramref name="from"/> (or the first one there is after it) up to
    /// <paramref name="toExclusive"/>, at most up to the end at the time of this call: later records are not seen.
    /// </summary>
    IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null);

    /// <summary>Start: what retention left, the least offset that may exist. End: the offset after the last record.</summary>
    (long Start, long End) Bounds(TopicPartition partition);

    /// <summary>An offset at or before the first record appended at or after this time, and after all earlier ones; End if none was.</summary>
    long OffsetAt(TopicPartition partition, DateTimeOffset appendedAtOrAfter);

    /// <summary>
    /// Joins a group. Partition p of all <paramref name="topics"/> goes to one member (ranges over members in order of name);
    /// the first assignment arrives inside the first <see cref="IConsumer.Poll"/>. Without a committed offset a partition is read
    /// from its start. Joining under a member name in use fences the earlier holder, so that a restart takes its place at once.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The topics have unequal partition counts, or differ from those of the group's other members; the message says which.
    /// </exception>
    IConsumer Join(string group, string member, IReadOnlyList<string> topics, IRebalanceListener? listener = null);

    /// <summary>The committed offsets ("next to read") of a group; partitions without one are absent.</summary>
    IReadOnlyDictionary<TopicPartition, long> Committed(string group);

    /// <summary>
    /// Deletes what the topic table lets go: by time of append on topics with a retention, superseded records on compacted
    /// ones (their newest tombstones stay a day). Topics that are kept for ever keep everything.
    /// </summary>
    void EnforceRetention();
}
