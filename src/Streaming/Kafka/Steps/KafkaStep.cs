using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Kafka.Native;
using Tppo.Streaming.Kafka.State;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>
/// One step of one member: a buffer until Finish, one transaction then, so that no transaction is open while a service thinks.
/// Each output carries a number of the sequence (group, source partition, output topic), its counter kept in the step's own
/// state: an aborted step's numbers are used again.
/// </summary>
internal sealed class KafkaStep(MemberSteps member, Driver.IConsumerGroupMetadata membership) : IStep
{
    private readonly List<KafkaMessage> messages = member.Buffers.Messages;
    private readonly Dictionary<(int Partition, char Kind, string Key), ReadOnlyMemory<byte>?> changes = member.Buffers.Changes;
    private readonly Dictionary<(int Source, string Topic), (string Prefix, long Next)> numbers = [];
    private readonly Dictionary<TopicPartition, long> offsets = [];
    private bool ended;

    public void Append(OutgoingRecord record)
    {
        ThrowIfEnded();
        var (place, compacted) = member.Cluster.Topics.PlaceOf(record);
        var (sequence, number) = Number(record.Topic, place.Partition.Value);
        messages.Add(KafkaMessage.Of(place, record, compacted) with { Sequence = sequence, Number = number });
    }

    public void Put(int partition, string key, ReadOnlyMemory<byte> value) => Change(partition, key, value);

    public void Delete(int partition, string key) => Change(partition, key, null);

    public void Commit(TopicPartition partition, long nextOffset)
    {
        ThrowIfEnded();
        ArgumentOutOfRangeException.ThrowIfNegative(nextOffset);
        member.Owned.Require(partition);
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
        member.Buffers.Clear();
        member.Ended(outcome);
    }

    private StepOutcome Run()
    {
        NoteProgress();
        foreach (var ((partition, kind, key), value) in changes) messages.Add(member.Changelog.Record(partition, kind, key, value));

        // Brokers check membership where offsets are committed, and nowhere else: a step that consumed nothing commits one as it
        // stands, or a member that others took over from, unknown to itself, could still write.
        var next = offsets.Select(o => new Driver.TopicPartitionOffset(member.Cluster.Topics.Find(o.Key), o.Value)).ToList();
        if (next.Count == 0) next.AddRange(member.Offsets.Standing(member.Owned.Places));
        var outcome = member.Transactions.Run(messages, next, membership);
        member.Cluster.Observer.Transaction(member.Group, outcome);
        if (outcome != StepOutcome.Committed) return outcome;
        member.NoteCommitted();
        member.Offsets.Note(next.Select(o => KeyValuePair.Create(o.TopicPartition, o.Offset.Value)));
        foreach (var partition in changes.GroupBy(c => c.Key.Partition))
        {
            var lastOffset = member.Transactions.Written[member.Changelog.Partition(partition.Key)];
            member.Changelog.Apply(partition.Key, partition.Select(c => (c.Key.Kind, c.Key.Key, c.Value)), lastOffset);
        }

        return outcome;
    }

    // The numbers that were given out, and that offsets were committed, are part of the state.
    private void NoteProgress()
    {
        foreach (var ((source, topic), (_, count)) in numbers)
            changes[(source, StateStore.Sequence, topic)] = Encoding.ASCII.GetBytes(count.ToString(CultureInfo.InvariantCulture));
        foreach (var partition in offsets.Keys.Select(o => o.Partition).Distinct())
        {
            if (member.Store.Get(partition, StateStore.Begun, "") is null) changes[(partition, StateStore.Begun, "")] = "1"u8.ToArray();
        }
    }

    private (string Sequence, long Number) Number(string topic, int place)
    {
        // What goes to partitions that are not owned is a sequence apart, or the owned partition's own would seem to have gaps.
        var (source, mark) = member.Owned.Owns(place) ? (place, "") : (member.Owned.Least, "+");
        ref var sequence = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, (source, topic + mark), out var known);
        if (!known)
        {
            var before = member.Store.Get(source, StateStore.Sequence, topic + mark);
            var last = before is null ? 0 : long.Parse(before, NumberStyles.None, CultureInfo.InvariantCulture);
            sequence = (SequenceAudit.Prefix(member.Group + mark, source), last);
        }

        return (sequence.Prefix, sequence.Next++);
    }

    private void Change(int partition, string key, ReadOnlyMemory<byte>? value)
    {
        ThrowIfEnded();
        member.Owned.Require(partition);
        changes[(partition, StateStore.Value, key)] = value;
    }

    private void ThrowIfEnded()
    {
        if (ended) throw new InvalidOperationException("the step has ended");
    }
}
