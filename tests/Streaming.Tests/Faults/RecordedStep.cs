using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Tests;

/// <summary>A step that notes what it is given and lets a fault decide what becomes of it.</summary>
internal abstract class RecordedStep : IStep
{
    private bool ended;

    protected List<Action<IStep>> Outputs { get; } = [];

    protected List<Action<IStep>> State { get; } = [];

    protected List<Action<IStep>> Offsets { get; } = [];

    public void Append(OutgoingRecord record) => Outputs.Add(s => s.Append(record));

    public void Put(int partition, string key, ReadOnlyMemory<byte> value) => State.Add(s => s.Put(partition, key, value));

    public void Delete(int partition, string key) => State.Add(s => s.Delete(partition, key));

    public void Commit(TopicPartition partition, long nextOffset) => Offsets.Add(s => s.Commit(partition, nextOffset));

    public StepOutcome Finish()
    {
        ended = true;
        return FinishBroken();
    }

    public void Abort()
    {
        ended = true;
        AbortBroken();
    }

    public void Dispose()
    {
        if (!ended) Abort();
    }

    protected abstract StepOutcome FinishBroken();

    protected virtual void AbortBroken()
    {
    }

    protected static StepOutcome Run(IConsumer consumer, params IEnumerable<Action<IStep>> actions)
    {
        using var step = consumer.Begin();
        foreach (var action in actions) action(step);
        return step.Finish();
    }
}
