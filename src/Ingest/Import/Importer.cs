using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Privacy;
using Tppo.Facts.DeadLetters;
using Tppo.Facts.Forms;
using Tppo.Hosting;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Progress;
using Tppo.Hosting.Workers;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Ingest.Import;

/// <summary>
/// The edge for logs of the past: sorted events become records on the four event topics, users replaced by pseudonyms,
/// texts redacted; lines that are no events go to the dead letters; an end mark closes every partition. How far it is
/// stands in its step's state, so a restart doubles nothing.
/// </summary>
/// <remarks>It follows <c>erasures.v1</c>: users who must be forgotten are not let in again.</remarks>
public sealed class Importer : IWorker, IRebalanceListener
{
    /// <summary>How the <c>ce_source</c> of every imported event begins; its import's id follows.</summary>
    public const string SourcePrefix = "tppo/import/";

    private const int BatchItems = 16_384;
    private const string Group = "importer";
    private readonly ServiceContext context;
    private readonly Func<IImportSource> open;
    private readonly Pseudonyms pseudonyms;
    private readonly IConsumer consumer;
    private readonly ILogger logger;
    private readonly Dictionary<string, (string Pseudonym, Header Bucket)> users = [];
    private readonly HashSet<string> erased = [];
    private readonly ImportedType[] types = [.. EventTypes.All.Select(t => new ImportedType(t))];
    private readonly Header keyVersion;
    private string sourceName = "";
    private IImportSource? source;
    private IEnumerator<UserEvent>? events;
    private StageProgress? stage;
    private long done;
    private readonly string? importId;
    private bool owner, finished;

    /// <summary>An importer of one source.</summary>
    /// <param name="context">The service's context.</param>
    /// <param name="open">Opens the source, when it is known that something is left to import.</param>
    /// <param name="pseudonyms">Who people become.</param>
    /// <param name="importId">The source's id where it is known before it is opened: an import that has ended is not opened again.</param>
    public Importer(ServiceContext context, Func<IImportSource> open, Pseudonyms pseudonyms, string? importId = null)
    {
        (this.context, this.open, this.pseudonyms, this.importId) = (context, open, pseudonyms, importId);
        keyVersion = new Header(HeaderNames.KeyVersion, pseudonyms.KeyVersion);
        logger = context.Loggers.CreateLogger<Importer>();
        consumer = context.Log.Join(Group, context.Member, [Topics.Erasures], this);
    }

    /// <inheritdoc/>
    public string Name => "importer";

    /// <inheritdoc/>
    public bool Work(CancellationToken cancellation)
    {
        var erasures = consumer.Poll(1024, TimeSpan.Zero, cancellation);
        erased.UnionWith(erasures.Where(e => RecordForm.Fault(e) is null).Select(e => e.Key!));
        if (erasures.Count > 0) return true;
        if (!owner || finished) return false;
        if (importId is not null && HasEnded(importId))
        {
            // Another member may have brought it to its end.
            finished = true;
            stage?.Dispose();
            Close();
            return false;
        }

        if (source is null) Open();
        else if (events is null) Start();
        if (finished) return false;

        using var step = consumer.Begin();
        if (done == 0) OpenMarks(step);
        var taken = 0;
        for (; taken < BatchItems && done + taken < source!.BadLines.Count; taken++) step.Append(Letter(source.BadLines[(int)(done + taken)]));
        while (taken < BatchItems && events!.MoveNext())
        {
            if (Record(events.Current) is { } record) step.Append(record);
            taken++;
        }

        var ended = done + taken >= source!.BadLines.Count + source.Count;
        if (ended) CloseMarks(step);
        step.Put(0, source.Id, Encoding.ASCII.GetBytes((done + taken).ToString(CultureInfo.InvariantCulture) + (ended ? " ended" : "")));
        if (step.Finish() != StepOutcome.Committed)
        {
            consumer.Rewind();
            Start();
            return true;
        }

        done += taken;
        stage!.Count(taken);
        stage.Report(done, source.Count, $"{done:N0} events");
        if (ended) Finish();
        return true;
    }

    /// <inheritdoc/>
    public void Assigned(IReadOnlyList<int> partitions, IStateReader state) => owner |= partitions.Contains(0);

    /// <inheritdoc/>
    public void Revoked(IReadOnlyList<int> partitions)
    {
        if (!partitions.Contains(0)) return;
        owner = false;

        // The source itself stays open: it may be one that cannot be opened a second time.
        events?.Dispose();
        events = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        stage?.Dispose();
        Close();
        consumer.Dispose();
    }

    // What was imported may be large: it is not held once it is on the log.
    private void Close()
    {
        events?.Dispose();
        source?.Dispose();
        (events, source) = (null, null);
        users.Clear();
    }

    private void Open()
    {
        stage = context.Board.Start("import", StageUnit.Events);
        source = open();
        sourceName = SourcePrefix + source.Id;
        Start();
        if (done > 0) return;
        foreach (var bad in source.BadLines.Take(3)) Log.BadLine(logger, source.Name, bad.Line, bad.Cause);
        if (source.BadLines.Count > 0) Log.BadLines(logger, source.Name, source.BadLines.Count);
    }

    private void Start()
    {
        var state = consumer.State.Get(0, source!.Id) is { } bytes ? Encoding.ASCII.GetString(bytes.Span).Split(' ') : ["0"];
        done = long.Parse(state[0], CultureInfo.InvariantCulture);
        events?.Dispose();
        events = source.Sorted().Skip((int)Math.Max(0, done - source.BadLines.Count)).GetEnumerator();
        if (state.Length > 1) Finish();
    }

    private void Finish()
    {
        finished = true;
        stage!.Report(source!.Count, source.Count, $"{source.Count:N0} events, {source.BadLines.Count:N0} dead letters");
        stage.Dispose();
        Close();
    }

    // Null: of somebody who must be forgotten.
    private OutgoingRecord? Record(UserEvent e)
    {
        if (!users.TryGetValue(e.User, out var known))
        {
            if (users.Count > 1_000_000) users.Clear();
            known = (pseudonyms.Pseudonym(e.User), new Header(HeaderNames.Bucket, pseudonyms.Bucket(e.User).ToString(CultureInfo.InvariantCulture)));
            users[e.User] = known;
        }

        if (erased.Contains(known.Pseudonym))
        {
            IngestInstruments.EventsIngested.WithLabels(e.Type.Name(), "erased").Inc();
            return null;
        }

        var text = Redaction.Apply(e.Text, out var redacted);
        var type = types[(int)e.Type];
        if (redacted != RedactionKinds.None) IngestInstruments.EventsRedacted.WithLabels(redacted.ToString().ToLowerInvariant()).Inc();
        type.Accepted.Inc();
        var inside = e with { User = known.Pseudonym, Text = text };
        return new OutgoingRecord
        {
            Topic = type.Topic,
            Key = inside.User,
            Value = EventJson.Write(inside),
            Headers = CloudEvent.Headers(
                e.Id, sourceName, type.CloudType, EventTime.Format(e.Time), CloudEvent.Json,
                known.Bucket, keyVersion),
        };
    }

    // A type that the import has none of must not hold the sequencer back: its partitions are closed at once.
    private void OpenMarks(IStep step)
    {
        var present = source!.Sorted().Select(e => e.Type).Distinct().ToHashSet();
        foreach (var type in EventTypes.All.Where(t => !present.Contains(t))) Mark(step, type);
    }

    private void CloseMarks(IStep step)
    {
        var present = source!.Sorted().Select(e => e.Type).Distinct().ToHashSet();
        foreach (var type in EventTypes.All.Where(present.Contains)) Mark(step, type);
    }

    private void Mark(IStep step, EventType type)
    {
        var topic = EventTopics.Of(type);
        for (var p = 0; p < context.Log.Partitions(topic); p++) step.Append(EndMark.Of(source!.Id, topic, p));
    }

    private OutgoingRecord Letter(BadLine bad)
    {
        LogInstruments.DeadLetters.WithLabels("file", "line").Inc();
        return DeadLetter.Of(
            IngestService.Name, bad.Cause, string.Create(CultureInfo.InvariantCulture, $"{source!.Name}:{bad.Line}"),
            Encoding.UTF8.GetBytes(UserInLine.Replaced(bad.Beginning, pseudonyms)), bad.Length, bad.Sha256);
    }

    private bool HasEnded(string id) =>
        consumer.State.Get(0, id) is { } bytes && Encoding.ASCII.GetString(bytes.Span).EndsWith(" ended", StringComparison.Ordinal);

    // What is the same for every event of a type.
    private sealed class ImportedType(EventType type)
    {
        public string Topic { get; } = EventTopics.Of(type);

        public string CloudType { get; } = $"tppo.{type.Name()}.v1";

        public Prometheus.Counter.Child Accepted { get; } = IngestInstruments.EventsIngested.WithLabels(type.Name(), "accepted");
    }
}
