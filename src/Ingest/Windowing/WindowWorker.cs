using System.Globalization;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Windows;
using Tppo.Hosting;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Streaming;
using Tppo.Streaming.Records;

namespace Tppo.Ingest.Windowing;

/// <summary>
/// Turns <c>timeline.v1</c> into <c>windows.v1</c>: the pure windower of each user, its state in the same step as its
/// windows and the offsets. A user's state is written once a step, however many events the step holds.
/// </summary>
public sealed class WindowWorker : IWorker, IRebalanceListener
{
    private const int BatchRecords = 32_768;
    private const int WaitsMax = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private const int UsersInMemoryMax = 200_000;
    private readonly ServiceContext context;
    private readonly IConsumer consumer;
    private readonly Dictionary<(int Partition, string User), UserHistory> users = [];
    private StageProgress? stage;
    private long windowCount;

    /// <summary>A windower.</summary>
    public WindowWorker(ServiceContext context)
    {
        this.context = context;
        consumer = context.Log.Join("windower", context.Member, [Topics.Timeline], this);
    }

    /// <inheritdoc/>
    public string Name => "windower";

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        var records = Poll(cancellation);
        if (records.Count == 0)
        {
            stage?.Dispose();
            return false;
        }

        stage = context.Board.Start("window", StageUnit.Events);
        using var step = consumer.Begin();
        var touched = new HashSet<(int Partition, string User)>();
        var resumeAt = new SortedDictionary<int, long>();
        foreach (var record in records)
        {
            Take(record, step, touched);
            resumeAt[record.Partition] = record.Offset + 1;
        }

        foreach (var user in touched) step.Put(user.Partition, user.User, UserHistoryCodec.Write(users[user].State));
        foreach (var (partition, offset) in resumeAt) step.Commit(new TopicPartition(Topics.Timeline, partition), offset);
        if (step.Finish() != StepOutcome.Committed)
        {
            users.Clear();
            consumer.Rewind();
            return true;
        }

        if (users.Count > UsersInMemoryMax) users.Clear();
        stage.Count(records.Count);
        stage.Report(windowCount, 0, $"{windowCount:N0} windows");
        return true;
    }

    /// <inheritdoc/>
    public void Assigned(IReadOnlyList<int> partitions, IStateReader state)
    {
    }

    /// <inheritdoc/>
    public void Revoked(IReadOnlyList<int> partitions) => users.Clear();

    /// <inheritdoc/>
    public void Dispose()
    {
        stage?.Dispose();
        consumer.Dispose();
    }

    // A step writes the state of all whom it touches, most of the people there are: it waits a moment for a full batch.
    private List<LogRecord> Poll(CancellationToken cancellation)
    {
        List<LogRecord> records = [.. consumer.Poll(BatchRecords, TimeSpan.Zero, cancellation)];
        for (var wait = 0; wait < WaitsMax && records.Count is > 0 and < BatchRecords && !EndMark.Is(records[^1], out _); wait++)
            records.AddRange(consumer.Poll(BatchRecords - records.Count, Patience, cancellation));

        // A later poll may have brought a rebalance: what is no longer owned is somebody else's to read.
        var owned = consumer.Assignment.Select(p => p.Partition).ToHashSet();
        records.RemoveAll(r => !owned.Contains(r.Partition));
        return records;
    }

    private void Take(LogRecord record, IStep step, HashSet<(int Partition, string User)> touched)
    {
        if (EndMark.Is(record, out var stageId))
        {
            step.Append(EndMark.Of(stageId, Topics.Windows, record.Partition));
            return;
        }

        UserEvent e;
        try
        {
            e = EventJson.Read(record.Value.Span);
        }
        catch (FormatException malformed)
        {
            Metrics.DeadLetters.WithLabels(record.Topic, "malformed").Inc();
            step.Append(DeadLetter.Of(
                "ingest", malformed.Message, $"{record.Topic}/{record.Partition}/{record.Offset}", record.Value, record.Value.Length,
                Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(record.Value.Span)), record.Key));
            return;
        }

        var key = (record.Partition, e.User);
        if (!users.TryGetValue(key, out var user)) users[key] = user = Restore(key);
        touched.Add(key);
        if (user.Take(e, context.Settings.Windows, out var emptied) is not { } window)
        {
            if (emptied) Metrics.WindowsEmptied.Inc();
            return;
        }

        windowCount++;
        Metrics.WindowsEmitted.Inc();
        step.Append(Record(window, record));
    }

    private UserHistory Restore((int Partition, string User) key) =>
        consumer.State.Get(key.Partition, key.User) is { } bytes ? new UserHistory(UserHistoryCodec.Read(bytes)) : new UserHistory();

    private static OutgoingRecord Record(Window window, LogRecord last) => new()
    {
        Topic = Topics.Windows,
        Key = window.User,
        Partition = last.Partition,
        Value = WindowJson.Write(window),
        Headers = CloudEvent.Headers(
            window.Id, "tppo/windower", "tppo.window.v1", last.Header(HeaderNames.Time) ?? "", CloudEvent.Json,
            new Header(HeaderNames.Bucket, last.Header(HeaderNames.Bucket) ?? "0"),
            new Header(HeaderNames.KeyVersion, last.Header(HeaderNames.KeyVersion) ?? ""),
            new Header(HeaderNames.From, string.Create(CultureInfo.InvariantCulture, $"{last.Topic}/{last.Partition}/{last.Offset}"))),
    };
}
