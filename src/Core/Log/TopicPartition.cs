namespace Tppo.Core.Log;

/// <summary>One partition of one topic: the unit of order, ownership and position.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="Partition">From 0.</param>
public readonly record struct TopicPartition(string Topic, int Partition)
{
    /// <summary><c>topic/partition</c>, as messages name it.</summary>
    public override string ToString() => $"{Topic}/{Partition}";
}
