namespace Tppo.Core.Log;

/// <summary>One topic as both backends lay it out.</summary>
/// <param name="Name">The name with its version, such as <c>search.v1</c>.</param>
/// <param name="Keyed">True: as many partitions as the run setting says, records go to that of their key. False: one partition.</param>
/// <param name="Cleanup">What becomes of old records.</param>
/// <param name="Retention">How long a record stays after its append; null: for ever, which is what "archived" means here.</param>
public sealed record TopicSpec(string Name, bool Keyed, Cleanup Cleanup, TimeSpan? Retention)
{
    /// <summary>Partitions of this topic where keyed topics have <paramref name="keyedPartitions"/>.</summary>
    public int Partitions(int keyedPartitions) => Keyed ? keyedPartitions : 1;
}
