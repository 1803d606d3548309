using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Embedded;

/// <summary>A member of a group in this process: positions in memory, ownership from the group table, offsets through steps.</summary>
internal sealed class EmbeddedConsumer(EmbeddedLog log, GroupMember member, GroupState state, IRebalanceListener? listener) : IConsumer
{
    private const long PollBytesMax = 64L << 20;

    private readonly StepBuffer buffer = new(log.Table);
    private readonly LagWatch lag = new(log, member.Group);
    private List<PartitionCursor> cursors = [];
    private TopicPartition[] assignment = [];
    private int appliedVersion;
    private int turn;
    private EmbeddedStep? step;
    private bool disposed;

    public IReadOnlyList<TopicPartition> Assignment => assignment;

    public IStateReader State => state;

    public bool AtEnd
    {
        get
        {
            if (member.Version != appliedVersion) return false;
            lock (log.Table.Publishing) return cursors.TrueForAll(c => c.Position >= c.Log.End);
        }
    }

    /// <summary>The last step ended Aborted or Unknown: positions no longer agree with what is committed.</summary>
    internal bool RewindDue { get; set; }

    public IReadOnlyList<LogRecord> Poll(int recordsMax, TimeSpan timeout, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(recordsMax);
        ThrowIfNotReady();
        var started = log.Signal.Clock.GetTimestamp();
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var seen = log.Signal.Changes;
            ObjectDisposedException.ThrowIf(log.Closed, log);
            ApplyAssignment();
            var records = Fetch(recordsMax);
            lag.Tell(cursors);
            if (records.Count > 0) return records;
            var left = timeout == Timeout.InfiniteTimeSpan ? timeout : timeout - log.Signal.Clock.GetElapsedTime(started);
            if (left <= TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan) return [];
            if (!log.Signal.WaitForChange(seen, left, ct)) return [];
        }
    }

    public void Pause(TopicPartition p) => Cursor(p).Paused = true;

    public void Resume(TopicPartition p) => Cursor(p).Paused = false;

    public long Position(TopicPartition p) => Cursor(p).Position;

    public IStep Begin()
    {
        ThrowIfNotReady();
        return step = new EmbeddedStep(log, this, member, buffer);
    }

    public void Rewind()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (step is not null) throw new InvalidOperationException("a step is open: finish or abort it first");
        Place(cursors);
        RewindDue = false;
    }

    public void Dispose()
    {
        if (disposed) return;
        step?.Dispose();
        disposed = true;
        buffer.Dispose();
        lock (log.Writer.Gate) log.Groups.Leave(member);
    }

    /// <summary>Gate held: false where something this consumer believes its own has gone to another.</summary>
    internal bool OwnsWhatItHas() => !member.Fenced && Array.TrueForAll(assignment, a => member.Owns(a.Partition));

    /// <summary>Whether it owned a partition of that number as of its last Poll.</summary>
    internal bool Owns(int partition)
    {
        foreach (var owned in assignment)
        {
            if (owned.Partition == partition) return true;
        }

        return false;
    }

    internal void StepEnded() => step = null;

    private void ApplyAssignment()
    {
        if (member.Version == appliedVersion && !member.Fenced) return;
        int[] owned;
        lock (log.Writer.Gate)
        {
            if (member.Fenced) throw new MemberFencedException($"member '{member.Name}' of group '{member.Group}' has been replaced by another of that name");
            owned = member.Owned();
            appliedVersion = member.Version;
        }

        var before = assignment.Select(a => a.Partition).ToHashSet();
        int[] lost = [.. before.Except(owned).Order()];
        int[] gained = [.. owned.Except(before)];
        var kept = cursors.Where(c => owned.Contains(c.Log.Id.Partition));
        var added = gained.SelectMany(p => member.Topics.Select(t => new PartitionCursor(log.Table.Find(new TopicPartition(t, p))))).ToList();
        Place(added);
        cursors = [.. kept.Concat(added).OrderBy(c => c.Log.Id.Partition)];
        assignment = [.. cursors.Select(c => c.Log.Id)];
        if (lost.Length > 0) listener?.Revoked(lost);
        if (gained.Length > 0) listener?.Assigned(gained, state);
    }

    private void Place(List<PartitionCursor> at)
    {
        var committed = log.Table.Committed(member.Group);
        foreach (var cursor in at)
            cursor.Position = committed.TryGetValue(cursor.Log.Id, out var offset) ? offset : log.Table.Bounds(cursor.Log).Start;
    }

    private List<LogRecord> Fetch(int recordsMax)
    {
        var records = new List<LogRecord>();
        var bytesLeft = PollBytesMax;
        var open = Readable();
        while (open.Count > 0 && records.Count < recordsMax && bytesLeft > 0)
        {
            var share = Math.Max(1, (recordsMax - records.Count) / open.Count);
            foreach (var (cursor, end) in open)
            {
                var count = Math.Min(share, recordsMax - records.Count);
                if (count == 0) break;
                cursor.Position = log.Reader.Read(cursor.Log, cursor.Position, end, count, ref bytesLeft, records);
            }

            open.RemoveAll(o => o.Cursor.Position >= o.End);
        }

        return records;
    }

    /// <summary>Cursors with something before them, each poll starting with another one, and the ends as of one moment.</summary>
    private List<(PartitionCursor Cursor, long End)> Readable()
    {
        var readable = new List<(PartitionCursor, long)>(cursors.Count);
        if (cursors.Count == 0) return readable;
        turn = (turn + 1) % cursors.Count;
        lock (log.Table.Publishing)
        {
            for (var i = 0; i < cursors.Count; i++)
            {
                var cursor = cursors[(turn + i) % cursors.Count];
                if (!cursor.Paused && cursor.Position < cursor.Log.End) readable.Add((cursor, cursor.Log.End));
            }
        }

        return readable;
    }

    private PartitionCursor Cursor(TopicPartition p) => cursors.Find(c => c.Log.Id == p)
        ?? throw new ArgumentException($"member '{member.Name}' of group '{member.Group}' does not own {p}");

    private void ThrowIfNotReady()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (step is not null) throw new InvalidOperationException("a step is open: finish or abort it first");
        if (RewindDue) throw new InvalidOperationException("the last step ended Aborted or Unknown: rewind first");
    }
}
