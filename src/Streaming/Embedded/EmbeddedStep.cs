using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>One step of one consumer: a buffer until Finish, one write batch then.</summary>
internal sealed class EmbeddedStep(EmbeddedLog log, EmbeddedConsumer consumer, GroupMember member, StepBuffer buffer) : IStep
{
    private bool ended;

    public void Append(OutgoingRecord record)
    {
        ThrowIfEnded();
        buffer.Append(record);
    }

    public void Put(int partition, string key, ReadOnlyMemory<byte> value) => buffer.Put(StatePrefix(partition, key), key, value.Span);

    public void Delete(int partition, string key) => buffer.Delete(StatePrefix(partition, key), key);

    public void Commit(TopicPartition partition, long nextOffset)
    {
        ThrowIfEnded();
        ArgumentOutOfRangeException.ThrowIfNegative(nextOffset);
        if (!consumer.Assignment.Contains(partition))
            throw new ArgumentException($"member '{member.Name}' of group '{member.Group}' does not own {partition}");
        buffer.Commit(partition, nextOffset);
    }

    public StepOutcome Finish()
    {
        ThrowIfEnded();
        var outcome = StepOutcome.Unknown;
        try
        {
            lock (log.Writer.Gate)
            {
                outcome = consumer.OwnsWhatItHas() ? log.Steps.Write(buffer, member.Group) : StepOutcome.Aborted;
            }

            log.Observer.Transaction(member.Group, outcome);
            return outcome;
        }
        finally
        {
            End();
            consumer.RewindDue = outcome != StepOutcome.Committed;
        }
    }

    public void Abort()
    {
        ThrowIfEnded();
        End();
    }

    public void Dispose()
    {
        if (!ended) End();
    }

    private byte[] StatePrefix(int partition, string key)
    {
        ThrowIfEnded();
        ArgumentNullException.ThrowIfNull(key);
        if (!consumer.Owns(partition))
            throw new ArgumentException($"member '{member.Name}' of group '{member.Group}' does not own partition {partition}");
        return RowKeys.StatePrefix(member.Group, partition);
    }

    private void End()
    {
        ended = true;
        buffer.Clear();
        consumer.StepEnded();
    }

    private void ThrowIfEnded()
    {
        if (ended) throw new InvalidOperationException("this step has ended");
    }
}
