using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Hosting.Judges;

/// <summary>
/// Asks a judge, but never twice: what stands on <c>judgements.v1</c> is read before it calls, and every new answer is a
/// fact. For one thread.
/// </summary>
/// <param name="log">The log.</param>
public sealed class JudgementLog(IEventLog log)
{
    private const int AnswersInMemoryMax = 500_000;
    private readonly Dictionary<string, string> answers = [];
    private readonly long[] read = new long[log.Partitions(Topics.Judgements)];

    /// <summary>Calls made so far.</summary>
    public int Calls { get; private set; }

    /// <summary>Reads what has come since on one partition.</summary>
    public void Refresh(int partition)
    {
        foreach (var record in log.Read(new TopicPartition(Topics.Judgements, partition), read[partition]))
        {
            read[partition] = record.Offset + 1;
            if (answers.Count >= AnswersInMemoryMax) answers.Clear();
            answers[record.Header(HeaderNames.Id)!] = JudgementFact.FromJson(record.Value.Span).Answer;
        }
    }

    /// <summary>The raw answer to a question, and the fact to append where it had to be asked.</summary>
    /// <param name="judge">Whom to ask.</param>
    /// <param name="input">The question.</param>
    /// <param name="row">The response that it is about.</param>
    /// <param name="purpose">What it is asked for.</param>
    /// <param name="cancellation">Stops waiting.</param>
    public (string Hash, string Answer, OutgoingRecord? Fact) Ask(IJudge judge, JudgeInput input, RolloutRow row, string purpose, CancellationToken cancellation)
    {
        var hash = ContentHash.Of(judge, input);
        if (answers.TryGetValue(hash, out var known))
        {
            Metrics.JudgeCacheHits.Inc();
            return (hash, known, null);
        }

        // Workers own their threads and are synchronous; the embedded judges answer at once.
        var answer = judge.AskAsync(input, cancellation).AsTask().GetAwaiter().GetResult();
        Calls++;
        answers[hash] = answer;
        Metrics.JudgeRequests.WithLabels("embedded", "ok").Inc();
        return (hash, answer, Fact(hash, judge, row, answer, purpose));
    }

    private static OutgoingRecord Fact(string hash, IJudge judge, RolloutRow row, string answer, string purpose) => new()
    {
        Topic = Topics.Judgements,
        Key = row.User,
        Value = new JudgementFact(1, hash, row.RolloutId, judge.Model, judge.Template, answer, "ok", 0, 0, 0).ToJson(),
        Headers = CloudEvent.Headers(hash, "tppo/judge", "tppo.judgement.v1", "", CloudEvent.Json, new Header(HeaderNames.Purpose, purpose)),
    };
}
