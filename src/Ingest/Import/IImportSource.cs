using Tppo.Core.Events;

namespace Tppo.Ingest.Import;

/// <summary>What is imported: events in canonical order, the same each time, and lines that are no events.</summary>
public interface IImportSource : IDisposable
{
    /// <summary>Names the import; the source part of its events' identity.</summary>
    string Id { get; }

    /// <summary>What people call it: the file's name, or the world.</summary>
    string Name { get; }

    /// <summary>How many events there are.</summary>
    long Count { get; }

    /// <summary>Lines that are no events, in order.</summary>
    IReadOnlyList<BadLine> BadLines { get; }

    /// <summary>The events in canonical order; may be asked for again.</summary>
    IEnumerable<UserEvent> Sorted();
}
