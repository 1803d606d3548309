using System.Text;
using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Tests;

/// <summary>Offsets go first, in a step of their own: what fails after them is lost.</summary>
internal sealed class OffsetsBeforeOutputs(IEventLog good) : PassThroughLog(good)
{
    protected override IConsumer Wrap(IConsumer consumer) => new Consumer(consumer);

    private sealed class Consumer(IConsumer good) : PassThroughConsumer(good)
    {
        public override IStep Begin() => new Step(Good);
    }

    private sealed class Step(IConsumer good) : RecordedStep
    {
        protected override StepOutcome FinishBroken()
        {
            var first = Run(good, Offsets);
            return first == StepOutcome.Committed ? Run(good, [.. Outputs, .. State]) : first;
        }
    }
}

/// <summary>State is written in a step of its own, whatever becomes of outputs and offsets: what is done again counts twice.</summary>
internal sealed class StateOutsideTheStep(IEventLog good) : PassThroughLog(good)
{
    protected override IConsumer Wrap(IConsumer consumer) => new Consumer(consumer);

    private sealed class Consumer(IConsumer good) : PassThroughConsumer(good)
    {
        public override IStep Begin() => new Step(Good);
    }

    private sealed class Step(IConsumer good) : RecordedStep
    {
        protected override StepOutcome FinishBroken()
        {
            var first = Run(good, State);
            return first == StepOutcome.Committed ? Run(good, [.. Outputs, .. Offsets]) : first;
        }

        protected override void AbortBroken() => Run(good, State);
    }
}

/// <summary>After Unknown it goes on where it was: right where the step was written, a loss where it was not.</summary>
internal sealed class NoRewindAfterUnknown(IEventLog good) : PassThroughLog(good)
{
    protected override IConsumer Wrap(IConsumer consumer) => new Consumer(consumer);

    private sealed class Consumer(IConsumer good) : PassThroughConsumer(good)
    {
        private readonly Dictionary<TopicPartition, long> seen = [];
        private Step? last;

        public override IReadOnlyList<LogRecord> Poll(int recordsMax, TimeSpan timeout, CancellationToken ct)
        {
            var records = Good.Poll(recordsMax, timeout, ct).Where(r => r.Offset >= seen.GetValueOrDefault(Partition(r))).ToArray();
            foreach (var record in records) seen[Partition(record)] = record.Offset + 1;
            return records;
        }

        public override IStep Begin() => last = new Step(Good);

        public override void Rewind()
        {
            if (last?.Outcome != StepOutcome.Unknown) seen.Clear();
            Good.Rewind();
        }

        private static TopicPartition Partition(LogRecord record) => new(record.Topic, record.Partition);
    }

    private sealed class Step(IConsumer good) : RecordedStep
    {
        internal StepOutcome? Outcome { get; private set; }

        protected override StepOutcome FinishBroken()
        {
            Outcome = Run(good, [.. Outputs, .. State, .. Offsets]);
            return Outcome.Value;
        }
    }
}

/// <summary>Spreads keys by the sum of their bytes, where no Java producer would look for them.</summary>
internal sealed class WrongPartitioner(IEventLog good) : PassThroughLog(good)
{
    public override void Append(IReadOnlyList<OutgoingRecord> records) => Good.Append(
        [
            .. records.Select(
                r =>
                    r.Key is null || r.Partition is not null ? r : r with { Partition = Encoding.UTF8.GetBytes(r.Key).Sum(b => b) % Good.Partitions(r.Topic) }),
        ]);
}

/// <summary>Outputs go to the log one by one as they come: an abort comes too late for them, and readers see halves.</summary>
internal sealed class OutputsOutsideTheStep(IEventLog good) : PassThroughLog(good)
{
    protected override IConsumer Wrap(IConsumer consumer) => new Consumer(Good, consumer);

    private sealed class Consumer(IEventLog log, IConsumer good) : PassThroughConsumer(good)
    {
        public override IStep Begin() => new Step(log, Good.Begin());
    }

    private sealed class Step(IEventLog log, IStep good) : IStep
    {
        public void Append(OutgoingRecord record) => log.Append([record]);

        public void Put(int partition, string key, ReadOnlyMemory<byte> value) => good.Put(partition, key, value);

        public void Delete(int partition, string key) => good.Delete(partition, key);

        public void Commit(TopicPartition partition, long nextOffset) => good.Commit(partition, nextOffset);

        public StepOutcome Finish() => good.Finish();

        public void Abort() => good.Abort();

        public void Dispose() => good.Dispose();
    }
}

/// <summary>A read that goes on as long as others write.</summary>
internal sealed class ReadWithoutEnd(IEventLog good) : PassThroughLog(good)
{
    public override IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null)
    {
        while (from < Math.Min(toExclusive ?? long.MaxValue, Good.Bounds(partition).End))
        {
            var found = false;
            foreach (var record in Good.Read(partition, from, toExclusive).Take(100))
            {
                found = true;
                from = record.Offset + 1;
                yield return record;
            }

            if (!found) yield break;
        }
    }
}
