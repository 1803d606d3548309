namespace Tppo.Core.Sequencing;

/// <summary>
/// Offsets that are needed again after a restart. They come in growing order and go in any; what counts is the least of them.
/// </summary>
internal sealed class KeptOffsets
{
    private readonly Queue<long> kept = new();
    private readonly HashSet<long> gone = [];

    /// <summary>The least offset that is kept, or null.</summary>
    public long? Least => kept.TryPeek(out var least) ? least : null;

    /// <summary>Keeps an offset, greater than all before it.</summary>
    public void Add(long offset) => kept.Enqueue(offset);

    /// <summary>Lets go one that is kept.</summary>
    public void Remove(long offset)
    {
        gone.Add(offset);
        while (kept.TryPeek(out var least) && gone.Remove(least)) kept.Dequeue();
    }
}
