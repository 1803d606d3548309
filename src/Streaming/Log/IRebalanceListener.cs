namespace Tppo.Streaming.Log;

/// <summary>Hears what a member gains and loses. Called inside <see cref="IConsumer.Poll"/> alone, never while a step is open.</summary>
public interface IRebalanceListener
{
    /// <summary>Partition numbers gained, in all subscribed topics, with the state that came with them.</summary>
    void Assigned(IReadOnlyList<int> partitions, IStateReader state);

    /// <summary>
    /// Partition numbers lost. What is held in memory for them is worth nothing any more; another member may already work on.
    /// </summary>
    void Revoked(IReadOnlyList<int> partitions);
}
