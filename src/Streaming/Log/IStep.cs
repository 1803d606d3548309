using Tppo.Core.Log;

namespace Tppo.Streaming.Log;

/// <summary>
/// Outputs, keyed state and consumed offsets that take effect together. Nothing is seen by anyone before
/// <see cref="Finish"/>; disposing an open step aborts it.
/// </summary>
public interface IStep : IDisposable
{
    /// <summary>Adds an output; per partition they keep the order of these calls.</summary>
    /// <exception cref="ArgumentException">Unknown topic, or no such partition.</exception>
    void Append(OutgoingRecord record);

    /// <summary>Sets a key of the state of an assigned partition; the last write of a key holds. Its bytes must not change until the step has ended.</summary>
    void Put(int partition, string key, ReadOnlyMemory<byte> value);

    /// <summary>Removes a key of the state of an assigned partition.</summary>
    void Delete(int partition, string key);

    /// <summary>The offset at which an assigned partition is to be resumed ("next to read").</summary>
    void Commit(TopicPartition partition, long nextOffset);

    /// <summary>
    /// Makes all of it take effect, or none. Aborted where the member has lost a partition since its last Poll.
    /// </summary>
    StepOutcome Finish();

    /// <summary>Drops all of it. Positions stay: Rewind reads again what was consumed for it.</summary>
    void Abort();
}
