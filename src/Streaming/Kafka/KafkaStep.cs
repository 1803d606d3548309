using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Tppo.Core.Log;
using Kafka = Confluent.Kafka;

namespace Tppo.Streaming;

/// <summary>
/// One step of one member: a buffer until Finish, one transaction then, so that no transaction is open while a service thinks.
/// Each output carries a number of the sequence (group, source partition, output topic), its counter kept in the step's own
/// state: an aborted step's numbers are used again.
/// </summary>
internal sealed class KafkaStep(KafkaLog log, KafkaConsumer consumer) : IStep
{
    private readonly List<KafkaMessage> messages = consumer.Buffers.Messages;
    private readonly Dictionary<(int Partition, char Kind, string Key), ReadOnlyMemory<byte>?> changes = consumer.Buffers.Changes;
    private readonly Dictionary<(int Source, string Topic), (string Prefix, long Next)> numbers = [];
    private readonly Dictionary<TopicPartition, long> offsets = [];
    private bool ended;

    public void Append(OutgoingRecord record)
    {
        ThrowIfEnded();
        var (place, compacted) = log.Place(record);
        var (sequence, number) = Number(record.Topic, place.Partition.Value);
        messages.Add(KafkaMessage.Of(place, record, compacted) with { Sequence = sequence, Number = number });
    }

    public void Put(int partition, string key, ReadOnlyMemory<byte> value) => Change(partition, key, value);

    public void Delete(int partition, string key) => Change(partition, key, null);

    public void Commit(TopicPartition partition, long nextOffset)
    {
        ThrowIfEnded();
        ArgumentOutOfRangeException.ThrowIfNegative(nextOffset);
        consumer.RequireOwned(partition);
        offsets[partition] = nextOffset;
    }

    public StepOutcome Finish()
    {
        ThrowIfEnded();
        var outcome = StepOutcome.Unknown;
        try
        {
            outcome = messages.Count + changes.Count + offsets.Count == 0 ? StepOutcome.Committed : Run();
            return outcome;
        }
        finally
        {
            End(outcome);
        }
    }

    public void Abort()
    {
        ThrowIfEnded();
        Dispose();
    }

    public void Dispose()
    {
        if (!ended) End(StepOutcome.Committed);
    }

    private void End(StepOutcome outcome)
    {
        ended = true;
        consumer.Buffers.Clear();
        consumer.StepEnded(outcome);
    }

    private StepOutcome Run()
    {
        foreach (var ((source, topic), (_, count)) in numbers)
            changes[(source, StateStore.Sequence, topic)] = Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture));
        foreach (var partition in offsets.Keys.Select(o => o.Partition).Distinct())
        {
            if (consumer.Store.Get(partition, StateStore.Begun, "") is null) changes[(partition, StateStore.Begun, "")] = "1"u8.ToArray();
        }

        foreach (var ((partition, kind, key), value) in changes) messages.Add(consumer.Changelog.Record(partition, kind, key, value));
        // Brokers check membership where offsets are committed, and nowhere else: a step that consumed nothing commits one as it
        // stands, or a member that others took over from, unknown to itself, could still write.
        var next = offsets.Select(o => new Kafka.TopicPartitionOffset(log.Topics.Find(o.Key), o.Value)).ToList();
        if (next.Count == 0) next.AddRange(consumer.Standing);
        var outcome = consumer.Transactions.Run(messages, next, consumer.Membership, log.Faults.Next(consumer.Group));
        log.Options.Observer.Transaction(consumer.Group, outcome);
        if (outcome != StepOutcome.Committed) return outcome;
        log.NoteWritten(consumer.Transactions.Written);
        consumer.NoteCommitted(next);
        foreach (var partition in changes.GroupBy(c => c.Key.Partition))
        {
            consumer.Changelog.Apply(
                partition.Key, partition.Select(c => (c.Key.Kind, c.Key.Key, c.Value)), consumer.Transactions.Written[consumer.Changelog.Partition(partition.Key)]);
        }

        return outcome;
    }

    private (string Sequence, long Number) Number(string topic, int place)
    {
        // What goes to partitions that are not owned is a sequence apart, or the owned partition's own would seem to have gaps.
        var (source, mark) = consumer.Owns(place) ? (place, "") : (consumer.LeastOwned, "+");
        ref var sequence = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, (source, topic + mark), out var known);
        if (!known)
        {
            var before = consumer.Store.Get(source, StateStore.Sequence, topic + mark);
            sequence = (SequenceAudit.Prefix(consumer.Group + mark, source), before is null ? 0 : long.Parse(before, NumberStyles.None, CultureInfo.InvariantCulture));
        }

        return (sequence.Prefix, sequence.Next++);
    }

    private void Change(int partition, string key, ReadOnlyMemory<byte>? value)
    {
        ThrowIfEnded();
        consumer.RequireOwned(partition);
        changes[(partition, StateStore.Value, key)] = value;
    }

    private void ThrowIfEnded()
    {
        if (ended) throw new InvalidOperationException("the step has ended");
    }
}
