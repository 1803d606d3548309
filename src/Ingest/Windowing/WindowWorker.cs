using System.Globalization;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Windows;
using Tppo.Facts.DeadLetters;
using Tppo.Facts.Forms;
using Tppo.Hosting;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Streaming.Log;
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
    private readonly ServiceContext context;
    private readonly IConsumer consumer;
    private readonly UserStates users;

    // Taken from the log for the next step; what is revoked before it begins goes again, and is read anew if it comes back.
    private readonly List<LogRecord> gathered = [];
    private readonly StepBytes bytes = new();
    private StageProgress? stage;
    private long windowCount;

    /// <summary>A windower.</summary>
    public WindowWorker(ServiceContext context)
    {
        this.context = context;
        consumer = context.Log.Join("windower", context.Member, [Topics.Timeline], this);
        users = new UserStates(consumer, context.Settings.Windows);
    }

    /// <inheritdoc/>
    public string Name => "windower";

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        Gather(cancellation);
        if (gathered.Count == 0)
        {
            stage?.Dispose();
            return false;
        }

        stage = context.Board.Start("window", StageUnit.Events);
        using var step = consumer.Begin();
        var resumeAt = new SortedDictionary<int, long>();
        foreach (var record in gathered)
        {
            Take(record, step);
            resumeAt[record.Partition] = record.Offset + 1;
        }

        var taken = gathered.Count;
        gathered.Clear();
        users.Write(step, bytes);
        foreach (var (partition, offset) in resumeAt) step.Commit(new TopicPartition(Topics.Timeline, partition), offset);
        var outcome = step.Finish();
        bytes.Clear();
        if (outcome != StepOutcome.Committed)
        {
            users.Forget();
            consumer.Rewind();
            return true;
        }

        users.Committed();
        stage.Count(taken);
        stage.Report(windowCount, 0, $"{windowCount:N0} windows");
        return true;
    }

    /// <inheritdoc/>
    public void Assigned(IReadOnlyList<int> partitions, IStateReader state)
    {
    }

    /// <inheritdoc/>
    public void Revoked(IReadOnlyList<int> partitions)
    {
        gathered.RemoveAll(r => partitions.Contains(r.Partition));
        users.Forget();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stage?.Dispose();
        consumer.Dispose();
    }

    // A step writes the state of all whom it touches, most of the people there are: it waits a moment for a full batch.
    private void Gather(CancellationToken cancellation)
    {
        gathered.AddRange(consumer.Poll(BatchRecords, TimeSpan.Zero, cancellation));
        for (var wait = 0; wait < WaitsMax && gathered.Count is > 0 and < BatchRecords && !EndMark.Is(gathered[^1], out _); wait++)
        {
            // A rebalance inside the poll takes away from what is gathered; what the poll itself brings comes after it.
            var records = consumer.Poll(BatchRecords - gathered.Count, Patience, cancellation);
            gathered.AddRange(records);
        }
    }

    private void Take(LogRecord record, IStep step)
    {
        if (RecordForm.Fault(record) is { } fault)
        {
            SetAside(record, $"event: {fault}", step);
            return;
        }

        if (EndMark.Is(record, out var stageId))
        {
            step.Append(EndMark.Of(stageId, Topics.Windows, record.Partition));
            return;
        }

        UserEvent e;
        try
        {
            e = EventJson.Read(record.Value.Span);
            var limits = EventLimits.IdFault(e.Id) + EventLimits.UserFault(e.User);
            if (limits.Length > 0) throw new FormatException($"event: {limits}");
        }
        catch (FormatException malformed)
        {
            SetAside(record, malformed.Message, step);
            return;
        }

        var user = users.Touch(record.Partition, e);
        var window = user.Take(e, context.Settings.Windows, out var emptied);
        if (user.Lost != HistoryLoss.None) CountLosses(user.Lost);
        if (emptied) IngestInstruments.WindowsEmptied.Inc();
        if (window is null) return;

        windowCount++;
        IngestInstruments.WindowsEmitted.Inc();
        step.Append(Record(window, record));
    }

    private void SetAside(LogRecord record, string cause, IStep step)
    {
        LogInstruments.DeadLetters.WithLabels(record.Topic, "malformed").Inc();
        context.Warn($"{record.Topic}/{record.Partition}/{record.Offset}: {cause}: set aside on {Topics.DeadLetters(IngestService.Name)}");
        step.Append(DeadLetter.Of(IngestService.Name, cause, record));
    }

    private static void CountLosses(HistoryLoss lost)
    {
        foreach (var kind in Enum.GetValues<HistoryLoss>())
        {
            if (kind != HistoryLoss.None && lost.HasFlag(kind)) IngestInstruments.HistoryLosses.WithLabels(kind.ToString().ToLowerInvariant()).Inc();
        }
    }

    private OutgoingRecord Record(Window window, LogRecord last) => new()
    {
        Topic = Topics.Windows,
        Key = window.User,
        Partition = last.Partition,
        Value = WindowJson.Write(window, bytes.Keep),
        Headers = CloudEvent.Headers(
            window.Id, "tppo/windower", "tppo.window.v1", last.Header(HeaderNames.Time) ?? "", CloudEvent.Json,
            new Header(HeaderNames.Bucket, last.Header(HeaderNames.Bucket) ?? "0"),
            new Header(HeaderNames.KeyVersion, last.Header(HeaderNames.KeyVersion) ?? ""),
            new Header(HeaderNames.From, string.Create(CultureInfo.InvariantCulture, $"{last.Topic}/{last.Partition}/{last.Offset}"))),
    };
}
