using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Evaluations;

/// <summary>What <c>evaluations.v1</c> says, kept up to date by reading on. For one thread.</summary>
/// <param name="log">The log.</param>
public sealed class EvaluationLog(IEventLog log)
{
    private const string Type = "tppo.evaluation.v1";
    private readonly List<Evaluation> evaluations = [];
    private readonly TopicTail tail = new(log, Topics.Evaluations);

    /// <summary>All evaluations, in order.</summary>
    public IReadOnlyList<Evaluation> All => evaluations;

    /// <summary>Reads what has come since.</summary>
    public void Refresh()
    {
        foreach (var record in tail.Read().Where(r => r.Header(HeaderNames.Type) == Type)) evaluations.Add(Evaluation.FromJson(record.Value.Span));
    }

    /// <summary>The evaluation of one version; null where there is none.</summary>
    public Evaluation? Find(string model, int version) => evaluations.Find(e => e.Model == model && e.Version == version);

    /// <summary>The record of an evaluation.</summary>
    public static OutgoingRecord Fact(Evaluation evaluation) => new()
    {
        Topic = Topics.Evaluations,
        Key = evaluation.Model,
        Partition = 0,
        Value = evaluation.ToJson(),
        Headers = CloudEvent.Headers(evaluation.Id, "tppo/evaluator", Type, "", CloudEvent.Json),
    };
}
