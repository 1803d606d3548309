using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
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

    /// <summary>All checkpoints, in order.</summary>
    public IReadOnlyList<CheckpointProduced> Checkpoints => checkpoints;

    /// <summary>Reads what has come since.</summary>
    public void Refresh()
    {
        foreach (var record in modelsTail.Read())
        {
            facts.Add(record.Header(HeaderNames.Id) ?? "");
            if (CheckpointProduced.FromJson(record.Value) is { } checkpoint) checkpoints.Add(checkpoint);
        }

        foreach (var record in cutsTail.Read())
        {
            var cut = Core.Cuts.Cut.FromJson(record.Value.Span);
            cuts[cut.Step] = cut;
        }
    }

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
