using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Settings;
using Tppo.Facts.Runs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Models;

/// <summary>What <c>models.v1</c> and <c>cuts.v1</c> say, kept up to date by reading on. For one thread.</summary>
/// <param name="log">The log.</param>
public sealed class ModelLog(IEventLog log)
{
    private readonly TopicTail modelsTail = new(log, Topics.Models), cutsTail = new(log, Topics.Cuts);
    private readonly List<CheckpointProduced> checkpoints = [];
    private readonly Dictionary<StepId, Cut> cuts = [];
    private readonly HashSet<string> facts = [];
    private readonly Dictionary<(string Topic, long Offset), string> faults = [];
    private string? settingsHash;

    /// <summary>All checkpoints, in order.</summary>
    public IReadOnlyList<CheckpointProduced> Checkpoints => checkpoints;

    /// <summary>All cuts.</summary>
    public IReadOnlyCollection<Cut> Cuts => cuts.Values;

    /// <summary>How far it has read.</summary>
    public IReadOnlyList<TopicTail> Tails => [modelsTail, cutsTail];

    /// <summary>Reads what has come since.</summary>
    public void Refresh()
    {
        // A fact is written after its cut: read in this order, no fact comes before the cut that it needs.
        var made = modelsTail.Read().ToList();
        foreach (var record in cutsTail.Read()) Note(record, Take(Core.Cuts.Cut.FromJson(record.Value.Span)));
        foreach (var record in made) Note(record, Take(record));
    }

    /// <summary>Why a record that has the form of a fact is none in this log; null: it is one, or has not been read.</summary>
    public string? Fault(LogRecord record) => faults.GetValueOrDefault((record.Topic, record.Offset));

    /// <summary>The cut of a step; null where none was written.</summary>
    public Cut? Cut(StepId step) => cuts.TryGetValue(step, out var cut) ? cut : null;

    /// <summary>The newest checkpoint of a model; null where there is none.</summary>
    public CheckpointProduced? Newest(string model) => checkpoints.LastOrDefault(c => c.Model == model);

    /// <summary>One version of a model; null where there is none.</summary>
    public CheckpointProduced? Find(string model, int version) => checkpoints.Find(c => c.Model == model && c.Version == version);

    /// <summary>Writes a cut, before its step.</summary>
    public void Write(Cut cut)
    {
        log.Append([new OutgoingRecord
        {
            Topic = Topics.Cuts,
            Key = cut.Model,
            Partition = 0,
            Value = cut.ToJson(),
            Headers = CloudEvent.Headers(cut.Step.ToString(), "tppo/cuts", "tppo.cut.v1", "", CloudEvent.Json),
        }]);
        Refresh();
    }

    /// <summary>Writes that a checkpoint was produced; a fact that is there already is not written again.</summary>
    public void Write(CheckpointProduced checkpoint)
    {
        Refresh();
        if (facts.Contains(checkpoint.Id)) return;
        log.Append([Fact(checkpoint.Model, checkpoint.Id, "tppo.checkpoint_produced.v1", checkpoint.ToJson())]);
        Refresh();
    }

    private void Note(LogRecord record, string? fault)
    {
        if (fault is not null) faults[(record.Topic, record.Offset)] = fault;
    }

    // The first of a step counts: who takes a step writes its cut before, and only once.
    private string? Take(Cut cut)
    {
        if (cuts.ContainsKey(cut.Step)) return $"cut {cut.Step} stands already";
        if (cut.Ordinal > 0 && !cuts.ContainsKey(cut.Step with { Ordinal = cut.Parent }))
            return $"expected the cut {cut.Model}/{cut.Parent} before it, found none";
        if (settingsHash is not null && cut.SettingsHash != settingsHash) return "expected a cut under this run's settings, found another";
        cuts[cut.Step] = cut;
        return null;
    }

    private string? Take(LogRecord record)
    {
        var id = record.Header(HeaderNames.Id)!;
        if (record.Header(HeaderNames.Type) == RunOnLog.Type)
        {
            // Services that start together may each write the run's settings: the same said twice is no fault.
            var hash = RunSettingsJson.Hash(RunOnLog.Read(record));
            settingsHash ??= hash;
            if (hash == settingsHash && facts.Contains(id)) return null;
        }

        if (facts.Contains(id)) return $"{id} stands already";
        if (CheckpointProduced.FromJson(record.Value) is { } checkpoint)
        {
            if (!cuts.ContainsKey(new StepId(checkpoint.Model, checkpoint.Cut)))
                return $"expected the cut {checkpoint.Model}/{checkpoint.Cut} before it, found none";
            checkpoints.Add(checkpoint);
        }

        facts.Add(id);
        return null;
    }

    /// <summary>A record of <c>models.v1</c>.</summary>
    public static OutgoingRecord Fact(string model, string id, string type, byte[] json) => new()
    {
        Topic = Topics.Models,
        Key = model,
        Partition = 0,
        Value = json,
        Headers = CloudEvent.Headers(id, "tppo/models", type, "", CloudEvent.Json),
    };
}
