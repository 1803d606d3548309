using Tppo.Core.Log;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Wire;

namespace Tppo.Streaming.Embedded;

/// <summary>
/// The event log in one folder of one process, on RocksDB: the default backend, without set-up. Each append and each step is
/// one write batch, so it is atomic and outlives the process; see <see cref="EmbeddedOptions.SyncEveryStep"/> for power cuts.
/// Memory stays bounded: write buffers of 256 MiB together, the block cache, and what one read or step holds (a record has at
/// most 32 MiB, a step 512 MiB).
/// </summary>
public sealed class EmbeddedLog : IEventLog
{
    private readonly DataFolder folder;
    private readonly Database database;
    private readonly Writing? writing;

    private EmbeddedLog(DataFolder folder, Database database, EmbeddedOptions? writeOptions)
    {
        this.folder = folder;
        this.database = database;
        Signal = new CommitSignal(writeOptions?.WaitClock ?? TimeProvider.System);
        Clock = writeOptions?.Clock ?? TimeProvider.System;
        Observer = writeOptions?.Observer ?? ILogObserver.None;
        Table = new TopicTable(database, folder.Partitions);
        Durability.CheckEnds(database, folder, Table);
        Reader = new RecordReader(database, Table);
        if (writeOptions is null) return;
        var writer = new StepWriter(database, Table, Signal, writeOptions);
        var steps = writeOptions.Faults.Count == 0 ? (IStepWriter)writer : new FaultyStepWriter(writer, new FaultPlan(writeOptions.Faults));
        writing = new Writing(
            writer, steps, new GroupTable(Table, Signal), new Retention(database, Table, writer, writeOptions.Clock),
            Durability.Watch(database, folder, writeOptions));
    }

    /// <inheritdoc/>
    public long Commits => Signal.Commits;

    internal TopicTable Table { get; }

    internal RecordReader Reader { get; }

    internal CommitSignal Signal { get; }

    /// <summary>What gives records their timestamps.</summary>
    internal TimeProvider Clock { get; }

    /// <summary>Told of what happens.</summary>
    internal ILogObserver Observer { get; }

    /// <summary>Set before anything is closed: who waits for records wakes and sees it.</summary>
    internal bool Closed { get; private set; }

    internal StepWriter Writer => WriteSide.Writer;

    internal GroupTable Groups => WriteSide.Groups;

    /// <summary>Where steps go.</summary>
    internal IStepWriter Steps => WriteSide.Steps;

    private Writing WriteSide => writing ?? throw new InvalidOperationException($"{folder.DatabasePath}: opened for reading only");

    /// <summary>Opens a folder for reading and writing; makes it where it is not there.</summary>
    /// <exception cref="LogInUseException">Another process has it open for writing.</exception>
    /// <exception cref="DataFolderException">It holds another format or layout, or something of it is damaged or lost.</exception>
    public static EmbeddedLog Open(string folder, EmbeddedOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Partitions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Partitions, 1024);
        ArgumentOutOfRangeException.ThrowIfNegative(options.OffsetHoleEvery);
        return Open(DataFolder.Own(folder, options.Partitions), own => Durability.Open(own, options), options);
    }

    /// <summary>
    /// Looks at a folder, whether or not a process has it open: what was committed until now, and nothing that comes later.
    /// Appending and joining are an <see cref="InvalidOperationException"/>.
    /// </summary>
    /// <exception cref="DataFolderException">It is no data folder, holds another format, or something of it is damaged or lost.</exception>
    public static EmbeddedLog OpenReadOnly(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        var cacheBytes = new EmbeddedOptions().BlockCacheBytes;
        return Open(DataFolder.Look(folder), found => Durability.OpenReadOnly(found, cacheBytes, TimeProvider.System), writeOptions: null);
    }

    /// <inheritdoc/>
    public int Partitions(string topic) => Table.Find(topic).Partitions.Length;

    /// <inheritdoc/>
    public bool WaitForCommit(long seen, TimeSpan timeout, CancellationToken ct) => Signal.WaitForCommit(seen, timeout, ct);

    /// <inheritdoc/>
    public void Append(IReadOnlyList<OutgoingRecord> records)
    {
        using var step = new StepBuffer(Table);
        for (var i = 0; i < records.Count; i++) step.Append(records[i]);
        lock (Writer.Gate) Writer.Append(step);
    }

    /// <inheritdoc/>
    public IEnumerable<LogRecord> Read(TopicPartition partition, long from, long? toExclusive = null)
    {
        var found = Table.Find(partition);
        var (start, end) = Table.Bounds(found);
        return Reader.Stream(found, Math.Max(from, start), Math.Min(toExclusive ?? end, end));
    }

    /// <inheritdoc/>
    public (long Start, long End) Bounds(TopicPartition partition) => Table.Bounds(Table.Find(partition));

    /// <inheritdoc/>
    public long OffsetAt(TopicPartition partition, DateTimeOffset appendedAtOrAfter) =>
        Reader.OffsetAt(Table.Find(partition), UnixTime.CeilingMilliseconds(appendedAtOrAfter));

    /// <inheritdoc/>
    public IConsumer Join(string group, string member, IReadOnlyList<string> topics, IRebalanceListener? listener = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        ArgumentException.ThrowIfNullOrEmpty(member);
        if (group.Contains('\0', StringComparison.Ordinal)) throw new ArgumentException("a group's name has no zero character in it", nameof(group));
        lock (Writer.Gate)
            return new EmbeddedConsumer(this, Groups.Join(group, member, topics), new GroupState(database, group), listener);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<TopicPartition, long> Committed(string group) => Table.Committed(group);

    /// <inheritdoc/>
    public void EnforceRetention() => WriteSide.Retention.Enforce();

    /// <summary>Reads every table of the database and compares its check sums.</summary>
    /// <exception cref="LogException">One differs; the message names the file and the place.</exception>
    public void VerifyTables()
    {
        database.Enter();
        try
        {
            database.VerifyTables();
        }
        finally
        {
            database.Exit();
        }
    }

    /// <summary>Closes the folder once the calls under way have ended; another process may then open it.</summary>
    public void Dispose()
    {
        Closed = true;
        Signal.Nudge();
        if (writing is null) Close();
        else lock (writing.Writer.Gate) Close();
    }

    private static EmbeddedLog Open(DataFolder folder, Func<DataFolder, Database> open, EmbeddedOptions? writeOptions)
    {
        Database? database = null;
        try
        {
            database = open(folder);
            return new EmbeddedLog(folder, database, writeOptions);
        }
        catch
        {
            database?.Dispose();
            folder.Dispose();
            throw;
        }
    }

    private void Close()
    {
        writing?.Durability.Dispose();
        database.Dispose();
        writing?.Writer.Dispose();
        folder.Dispose();
    }

    private sealed record Writing(StepWriter Writer, IStepWriter Steps, GroupTable Groups, Retention Retention, Durability Durability);
}
