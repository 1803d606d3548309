using Tppo.Core.Log;
using Tppo.Streaming.Log;
using Tppo.TestKit;

namespace Tppo.Ingest.Tests;

/// <summary>
/// A log whose consumers' polls bring few records at a time and never wait, and in some of whose polls a member loses all it owns and
/// gets it back before the poll's records come, as when a group is rebalanced twice between two polls.
/// </summary>
/// <param name="inner">The log.</param>
/// <param name="splits">Most records of each poll, over and over; 0: as if none had come yet; none: as many as are asked for.</param>
/// <param name="rebalances">Which polls of each consumer, from 0.</param>
internal sealed class RebalancingLog(IEventLog inner, IReadOnlyList<int> splits, IReadOnlyCollection<int> rebalances) : LogAround(inner)
{
    public override IConsumer Join(string group, string member, IReadOnlyList<string> topics, IRebalanceListener? listener = null) =>
        new Consumer(base.Join(group, member, topics, listener), listener, splits, rebalances);

    private sealed class Consumer(IConsumer inner, IRebalanceListener? listener, IReadOnlyList<int> splits, IReadOnlyCollection<int> rebalances) : IConsumer
    {
        private int polls;

        public IReadOnlyList<TopicPartition> Assignment => inner.Assignment;

        public IStateReader State => inner.State;

        public bool AtEnd => inner.AtEnd;

        public IReadOnlyList<LogRecord> Poll(int recordsMax, TimeSpan timeout, CancellationToken ct)
        {
            var poll = polls++;
            if (rebalances.Contains(poll)) LoseAndGetBack();
            var most = splits.Count == 0 ? recordsMax : Math.Min(recordsMax, splits[poll % splits.Count]);
            return most == 0 ? [] : inner.Poll(most, TimeSpan.Zero, ct);
        }

        public void Pause(TopicPartition p) => inner.Pause(p);

        public void Resume(TopicPartition p) => inner.Resume(p);

        public long Position(TopicPartition p) => inner.Position(p);

        public IStep Begin() => inner.Begin();

        public void Rewind() => inner.Rewind();

        public void Dispose() => inner.Dispose();

        private void LoseAndGetBack()
        {
            int[] owned = [.. inner.Assignment.Select(a => a.Partition).Distinct()];
            if (owned.Length == 0) return;
            listener?.Revoked(owned);
            inner.Rewind();
            foreach (var partition in inner.Assignment) inner.Resume(partition);
            listener?.Assigned(owned, inner.State);
        }
    }
}
