using Tppo.Core.Log;
using Driver = Confluent.Kafka;

namespace Tppo.Streaming.Kafka.Steps;

/// <summary>What a member owns, as its steps need to know it: changes between steps, never within one.</summary>
internal sealed class Ownership(string group)
{
    private HashSet<TopicPartition> partitions = [];
    private int[] numbers = [];

    /// <summary>The partitions by the client's names of them.</summary>
    internal IReadOnlyList<Driver.TopicPartition> Places { get; private set; } = [];

    /// <summary>The least partition number; 0 where nothing is owned.</summary>
    internal int Least => numbers.Length == 0 ? 0 : numbers[0];

    /// <summary>Takes these for what is owned now.</summary>
    internal void Set(IReadOnlyList<TopicPartition> owned, IReadOnlyList<Driver.TopicPartition> places)
    {
        partitions = [.. owned];
        numbers = [.. owned.Select(o => o.Partition).Distinct().Order()];
        Places = places;
    }

    internal bool Owns(int partition) => Array.BinarySearch(numbers, partition) >= 0;

    /// <exception cref="ArgumentException">Not owned.</exception>
    internal void Require(int partition)
    {
        if (!Owns(partition)) throw new ArgumentException($"group '{group}': partition {partition} is not owned by this member");
    }

    /// <exception cref="ArgumentException">Not owned.</exception>
    internal void Require(TopicPartition partition)
    {
        if (!partitions.Contains(partition)) throw new ArgumentException($"group '{group}': {partition} is not owned by this member");
    }
}
