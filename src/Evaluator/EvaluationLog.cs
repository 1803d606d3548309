using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Evaluator;

/// <summary>What <c>evaluations.v1</c> says, kept up to date by reading on. For one thread.</summary>
/// <param name="log">The log.</param>
public sealed class EvaluationLog(IEventLog log)
{
    private readonly List<Evaluation> evaluations = [];
    private long read;

    /// <summary>All evaluations, in order.</summary>
    public IReadOnlyList<Evaluation> All => evaluations;

    /// <summary>Reads what has come since.</summary>
    public void Refresh()
    {
        foreach (var record in log.Read(new TopicPartition(Topics.Evaluations, 0), read))
        {
            read = record.Offset + 1;
            evaluations.Add(Evaluation.FromJson(record.Value.Span));
        }
    }

    /// <summary>The evaluation of one version; null where there is none.</summary>
    public Evaluation? Find(string model, int version) => evaluations.Find(e => e.Model == model && e.Version == version);

    /// <summary>The rollouts of one step.</summary>
    public static IEnumerable<RolloutRow> Rollouts(IEventLog log, string step) =>
        Enumerable.Range(0, log.Partitions(Topics.Rollouts))
            .SelectMany(p => log.Read(new TopicPartition(Topics.Rollouts, p), 0))
            .Where(r => r.Header(HeaderNames.Step) == step)
            .SelectMany(r => RolloutCodec.Decode(r.Value));
}
