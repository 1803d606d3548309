namespace Tppo.Streaming.Embedded;

/// <summary>One member's place in its group. Changes under the writer's gate; the version is read without it.</summary>
internal sealed class GroupMember(string group, string name, IReadOnlyList<string> topics, int partitions)
{
    private int version;
    private int first;
    private int count;

    internal string Group { get; } = group;

    internal string Name { get; } = name;

    internal IReadOnlyList<string> Topics { get; } = topics;

    /// <summary>How many there are to be dealt out.</summary>
    internal int Partitions { get; } = partitions;

    /// <summary>Another has taken this name, or the member has left: nothing that it does counts any more.</summary>
    internal bool Fenced { get; set; }

    /// <summary>Grows with every assignment.</summary>
    internal int Version => Volatile.Read(ref version);

    internal void Give(int firstPartition, int partitionCount)
    {
        first = firstPartition;
        count = partitionCount;
        Volatile.Write(ref version, version + 1);
    }

    internal bool Owns(int partition) => !Fenced && partition >= first && partition < first + count;

    internal int[] Owned() => [.. Enumerable.Range(first, count)];
}
