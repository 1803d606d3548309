using Tppo.Streaming.Log;

namespace Tppo.TestKit;

/// <summary>Writes down what a listener hears, in order: <c>+0 +1 -1</c>.</summary>
public sealed class RebalanceNotes : IRebalanceListener
{
    private readonly SortedSet<int> owned = [];

    public List<string> Heard { get; } = [];

    public Dictionary<int, int> CountsOnArrival { get; } = [];

    /// <summary>What remains when losses are taken from gains.</summary>
    public IEnumerable<int> Owned => owned;

    public void Assigned(IReadOnlyList<int> partitions, IStateReader state)
    {
        foreach (var partition in partitions)
        {
            Heard.Add($"+{partition}");
            owned.Add(partition);
            CountsOnArrival[partition] = state.Copied(partition);
        }
    }

    public void Revoked(IReadOnlyList<int> partitions)
    {
        Heard.AddRange(partitions.Select(p => $"-{p}"));
        owned.ExceptWith(partitions);
    }
}
