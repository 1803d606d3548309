using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Tests;

/// <summary>Hands everything on to a good consumer; planted faults override what they break.</summary>
internal class PassThroughConsumer(IConsumer good) : IConsumer
{
    protected IConsumer Good => good;

    public IReadOnlyList<TopicPartition> Assignment => good.Assignment;

    public IStateReader State => good.State;

    public bool AtEnd => good.AtEnd;

    public virtual IReadOnlyList<LogRecord> Poll(int recordsMax, TimeSpan timeout, CancellationToken ct) => good.Poll(recordsMax, timeout, ct);

    public void Pause(TopicPartition p) => good.Pause(p);

    public void Resume(TopicPartition p) => good.Resume(p);

    public long Position(TopicPartition p) => good.Position(p);

    public virtual IStep Begin() => good.Begin();

    public virtual void Rewind() => good.Rewind();

    public void Dispose() => good.Dispose();
}
