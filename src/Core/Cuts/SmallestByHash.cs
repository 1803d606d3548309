using Tppo.Core.Numerics;

namespace Tppo.Core.Cuts;

/// <summary>
/// Keeps, of all items shown, the n whose SHA-256(seed ‖ row id) is smallest: the sample that a step takes of its cut,
/// whatever the order in which the records came. Memory is bounded by n.
/// </summary>
/// <param name="count">How many to keep.</param>
/// <param name="seed">Seed of the order.</param>
public sealed class SmallestByHash<T>(int count, long seed)
{
    // The queue's head is the largest kept hash: the one to go when a smaller comes.
    private readonly PriorityQueue<(string Id, T Item), string> kept = new(Comparer<string>.Create((a, b) => string.CompareOrdinal(b, a)));

    /// <summary>Shows an item; the item itself is only asked for if it is kept.</summary>
    public void Offer(string rowId, Func<T> item)
    {
        if (count <= 0) return;
        var hash = HashOf(seed, rowId);
        if (kept.Count < count)
        {
            kept.Enqueue((rowId, item()), hash);
        }
        else if (kept.TryPeek(out _, out var largest) && string.CompareOrdinal(hash, largest) < 0)
        {
            kept.DequeueEnqueue((rowId, item()), hash);
        }
    }

    /// <summary>The kept items in order of their hashes.</summary>
    public IReadOnlyList<T> Taken() =>
        [.. kept.UnorderedItems.OrderBy(x => x.Priority, StringComparer.Ordinal).Select(x => x.Element.Item)];

    private static string HashOf(long seed, string rowId) =>
        Digest.Sha256Hex(seed.ToString(System.Globalization.CultureInfo.InvariantCulture), rowId);
}
