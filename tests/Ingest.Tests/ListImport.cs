using Tppo.Core.Events;
using Tppo.Core.Privacy;
using Tppo.Ingest.Import;

namespace Tppo.Ingest.Tests;

/// <summary>An import of events that stand in memory.</summary>
internal sealed class ListImport(IReadOnlyList<UserEvent> events, IReadOnlyList<BadLine> badLines) : IImportSource
{
    public static Pseudonyms Pseudonyms { get; } = Pseudonyms.ForDemo(1);

    public string Name => "list";

    public string Id => "list";

    public long Count => events.Count;

    public IReadOnlyList<BadLine> BadLines => badLines;

    private bool disposed;

    public IEnumerable<UserEvent> Sorted()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        return events.OrderBy(EventOrder.Of);
    }

    public void Dispose() => disposed = true;

    /// <summary>Events of fifty people, one a second; their types go round, purchases left out if asked for.</summary>
    public static UserEvent[] Many(int count, bool purchases = true) =>
    [
        .. Enumerable.Range(0, count).Select(i => new UserEvent(
            $"e{i:D6}", $"user {i % 50}", DateTime.UnixEpoch.AddSeconds(i), (EventType)(i % 4) is EventType.Purchase && !purchases
                ? EventType.Visit
                : (EventType)(i % 4), $"text {i}", "")),
    ];
}
