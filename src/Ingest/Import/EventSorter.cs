using System.Text;
using Tppo.Core.Events;

namespace Tppo.Ingest.Import;

/// <summary>
/// Sorts any number of events into canonical order in bounded memory: full runs are sorted and spilled to a temporary
/// file, and merged when read. May be read several times.
/// </summary>
/// <param name="runEvents">Most events in memory.</param>
public sealed class EventSorter(int runEvents = 1_000_000) : IDisposable
{
    private readonly List<UserEvent> current = [];
    private readonly List<string> runs = [];
    private bool sorted;

    /// <summary>Events taken in.</summary>
    public long Count { get; private set; }

    /// <summary>Takes an event in.</summary>
    public void Add(UserEvent e)
    {
        ObjectDisposedException.ThrowIf(sorted, this);
        if (current.Count >= runEvents) Spill();
        current.Add(e);
        Count++;
    }

    /// <summary>The events in canonical order.</summary>
    public IEnumerable<UserEvent> Sorted()
    {
        if (!sorted) Sort(current);
        sorted = true;
        if (runs.Count == 0) return current;
        return Merge([current, .. runs.Select(ReadRun)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var run in runs) File.Delete(run);
        runs.Clear();
    }

    private static void Sort(List<UserEvent> events)
    {
        var keys = events.ConvertAll(EventOrder.Of).ToArray();
        var items = events.ToArray();
        Array.Sort(keys, items);
        events.Clear();
        events.AddRange(items);
    }

    private static IEnumerable<UserEvent> Merge(IEnumerable<UserEvent>[] sources)
    {
        var heads = new PriorityQueue<IEnumerator<UserEvent>, EventOrder>();
        try
        {
            foreach (var source in sources) Push(source.GetEnumerator());
            while (heads.TryDequeue(out var head, out _))
            {
                yield return head.Current;
                Push(head);
            }
        }
        finally
        {
            foreach (var (head, _) in heads.UnorderedItems) head.Dispose();
        }

        void Push(IEnumerator<UserEvent> source)
        {
            if (source.MoveNext()) heads.Enqueue(source, EventOrder.Of(source.Current));
            else source.Dispose();
        }
    }

    private static IEnumerable<UserEvent> ReadRun(string file)
    {
        using var reader = new BinaryReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16), Encoding.UTF8);
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var (id, user, ticks, type) = (reader.ReadString(), reader.ReadString(), reader.ReadInt64(), reader.ReadByte());
            yield return new UserEvent(id, user, new DateTime(ticks, DateTimeKind.Utc), (EventType)type, reader.ReadString(), reader.ReadString());
        }
    }

    private void Spill()
    {
        Sort(current);
        var file = Path.GetTempFileName();
        runs.Add(file);
        using var writer = new BinaryWriter(new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16), Encoding.UTF8);
        writer.Write(current.Count);
        foreach (var e in current)
        {
            writer.Write(e.Id);
            writer.Write(e.User);
            writer.Write(e.Time.Ticks);
            writer.Write((byte)e.Type);
            writer.Write(e.Text);
            writer.Write(e.Url);
        }

        current.Clear();
    }
}
