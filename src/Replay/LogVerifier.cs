using System.Buffers.Binary;
using System.Globalization;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Forms;
using Tppo.Facts.Models;
using Tppo.Facts.Runs;
using Tppo.Hosting.Progress;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.Streaming.Wire;

namespace Tppo.Replay;

/// <summary>
/// Reads all of a log and says what is not as it must be: records that cannot be read or are out of order, holes, ids that stand
/// twice, numbers of <c>tppo-seq</c> that are missing, cuts whose records are others, checkpoints that are not what their names say.
/// Memory: 16 bytes a record of the largest topic.
/// </summary>
/// <param name="log">The log, for reading.</param>
/// <param name="artifacts">The run's checkpoints; null: none are looked at.</param>
/// <param name="board">Where progress is shown.</param>
public sealed class LogVerifier(IEventLog log, ArtifactStore? artifacts, StageBoard board)
{
    private const int TellEvery = 10_000;
    private readonly List<string> faults = [];

    /// <summary>What was found on one topic.</summary>
    /// <param name="Topic">Its name.</param>
    /// <param name="Records">How many records it holds.</param>
    /// <param name="Foreign">How many of them are none of ours: they are passed over by who reads the topic, and are no fault of the log.</param>
    /// <param name="Faults">How many faults were found on it.</param>
    public sealed record TopicFigures(string Topic, long Records, long Foreign, int Faults);

    /// <summary>All that is wrong, a line each, in the order in which it was found.</summary>
    public IReadOnlyList<string> Faults => faults;

    /// <summary>How many cuts were compared with their records.</summary>
    public int Cuts { get; private set; }

    /// <summary>How many checkpoints were compared with their names.</summary>
    public int Checkpoints { get; private set; }

    /// <summary>Reads some topics from end to end, then what cuts and facts say of them.</summary>
    public IReadOnlyList<TopicFigures> Verify(IEnumerable<TopicSpec> topics, CancellationToken cancellation)
    {
        List<TopicFigures> figures = [.. topics.Select(topic => Topic(topic, cancellation))];
        Facts(cancellation);
        return figures;
    }

    private TopicFigures Topic(TopicSpec topic, CancellationToken cancellation)
    {
        using var stage = board.Start(topic.Name);
        var (records, foreign, before) = (0L, 0L, faults.Count);
        var ids = new HashSet<UInt128>();
        var audit = new SequenceAudit();
        for (var p = 0; p < log.Partitions(topic.Name); p++)
        {
            var place = new TopicPartition(topic.Name, p);
            var (start, end) = log.Bounds(place);
            var (next, time) = (start, DateTimeOffset.MinValue);
            try
            {
                foreach (var record in log.Read(place, start, end))
                {
                    cancellation.ThrowIfCancellationRequested();
                    Look(topic, record, ref next, ref time, ids, audit);
                    if (RecordForm.Fault(record) is not null) foreign++;
                    if (++records % TellEvery != 0) continue;
                    stage.Report(records, 0, $"{records:N0} records");
                }
            }
            catch (LogException e)
            {
                faults.Add($"{place}: behind {next}: {e.Message}");
            }
        }

        stage.Report(records, records, $"{records:N0} records");
        return new TopicFigures(topic.Name, records, foreign, faults.Count - before);
    }

    private void Look(TopicSpec topic, LogRecord record, ref long next, ref DateTimeOffset time, HashSet<UInt128> ids, SequenceAudit audit)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{record.Topic}/{record.Partition}/{record.Offset}");
        if (record.Offset < next) faults.Add($"{place}: expected offset {next} or a later one");
        if (record.Timestamp < time) faults.Add($"{place}: expected a time of append not before {time:O}, found {record.Timestamp:O}");
        (next, time) = (record.Offset + 1, record.Timestamp);
        var (missing, again) = audit.Take(record.Partition, record.Header(HeaderNames.Sequence));
        if (missing > 0) faults.Add($"{place}: {missing} numbers of {HeaderNames.Sequence} are missing before it");
        if (again) faults.Add($"{place}: {HeaderNames.Sequence} {record.Header(HeaderNames.Sequence)} stands twice");

        // Who writes events may write one twice: the sequencer counts and drops it; services that start together may each write
        // the run's settings. What is derived stands once.
        if (topic.Cleanup == Cleanup.Compact || EventTopicNames.Contains(topic.Name) || Marks.Is(record)) return;
        if (record.Header(HeaderNames.Type) == RunOnLog.Type || record.Header(HeaderNames.Id) is not { } id) return;
        if (RecordForm.Fault(record) is null && !ids.Add(BinaryPrimitives.ReadUInt128BigEndian(Digest.Sha256(record.Header(HeaderNames.Source) + "\n" + id))))
            faults.Add($"{place}: {HeaderNames.Id} {id} stands twice");
    }

    private static readonly string[] EventTopicNames = [Topics.Search, Topics.Click, Topics.Purchase, Topics.Visit, Topics.Presence];

    private void Facts(CancellationToken cancellation)
    {
        using var stage = board.Start("cuts and checkpoints");
        var models = new ModelLog(log);
        models.Refresh();
        foreach (var cut in models.Cuts)
        {
            cancellation.ThrowIfCancellationRequested();
            Cuts++;
            stage.Report(Cuts, models.Cuts.Count, $"cut {cut.Step}");
            Try(cut);
        }

        if (artifacts is null) return;
        foreach (var checkpoint in models.Checkpoints)
        {
            cancellation.ThrowIfCancellationRequested();
            Checkpoints++;
            if (artifacts.Damage(checkpoint.Checkpoint) is { } damage) faults.Add($"{checkpoint.Made}: {damage}");
        }
    }

    private void Try(Cut cut)
    {
        try
        {
            CutReader.ForEach(log, cut, _ => { });
        }
        catch (Exception e) when (e is CutMismatchException or LogException)
        {
            faults.Add(e.Message);
        }
    }
}
