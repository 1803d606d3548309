using Tppo.Core.Log;

namespace Tppo.Streaming.Log;

/// <summary>
/// One member of a group. The loop: Poll → Begin → Append, Put, Commit → Finish; after Aborted or Unknown Rewind and poll again.
/// Disposing leaves the group (an open step is aborted); the other members take over at their next Poll.
/// </summary>
public interface IConsumer : IDisposable
{
    /// <summary>What this member owned as of its last Poll.</summary>
    IReadOnlyList<TopicPartition> Assignment { get; }

    /// <summary>The group's committed state.</summary>
    IStateReader State { get; }

    /// <summary>
    /// The next committed records: round-robin over partitions that are not paused, in order within each, at most
    /// <paramref name="recordsMax"/> and about 64 MiB of them (one record always fits). Empty where the time passed without any,
    /// or where only the assignment changed.
    /// </summary>
    /// <exception cref="InvalidOperationException">A step is open, or the last one ended Aborted or Unknown and no Rewind followed.</exception>
    /// <exception cref="MemberFencedException">Another consumer has joined under this member's name.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    IReadOnlyList<LogRecord> Poll(int recordsMax, TimeSpan timeout, CancellationToken ct);

    /// <summary>Polls skip this partition until <see cref="Resume"/> or its revocation; its position stays.</summary>
    void Pause(TopicPartition p);

    /// <summary>Polls take this partition up again where it stood.</summary>
    void Resume(TopicPartition p);

    /// <summary>Every assigned partition, paused ones too, is read to its present end. False while an assignment is due.</summary>
    bool AtEnd { get; }

    /// <summary>The offset that Poll reads next on an assigned partition.</summary>
    long Position(TopicPartition p);

    /// <summary>Opens a step.</summary>
    /// <exception cref="InvalidOperationException">One is open, or a Rewind is due.</exception>
    IStep Begin();

    /// <summary>Moves every position back to the committed offset, or the start where there is none: due after Aborted and Unknown.</summary>
    void Rewind();
}
