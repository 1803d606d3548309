using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Judgements;

/// <summary>A judge's raw answer as it stands on the log.</summary>
/// <param name="Judgement">Content hash of the question: the answer's id.</param>
/// <param name="Answer">The raw answer.</param>
/// <param name="AskedFor">The rollout for which it was asked first.</param>
public sealed record StandingAnswer(string Judgement, string Answer, string AskedFor);

/// <summary>The answers on <c>judgements.v1</c>, kept up to date by reading on. For one thread.</summary>
/// <param name="log">The log.</param>
public sealed class JudgementLog(IEventLog log)
{
    private const int AnswersInMemoryMax = 500_000;
    private readonly TopicTail tail = new(log, Topics.Judgements);
    private readonly Dictionary<string, StandingAnswer> answers = [];

    /// <summary>Reads what has come since on one partition.</summary>
    public void Refresh(int partition)
    {
        foreach (var record in tail.Read(partition)) Take(record);
    }

    /// <summary>Reads what has come since.</summary>
    public void Refresh()
    {
        foreach (var record in tail.Read()) Take(record);
    }

    /// <summary>The answer to a question; null where it has not been asked yet.</summary>
    /// <param name="judgement">Content hash of the question.</param>
    public StandingAnswer? Find(string judgement) => answers.GetValueOrDefault(judgement);

    /// <summary>Appends new answers, all at once: from here on they stand.</summary>
    /// <param name="judge">Who gave them.</param>
    /// <param name="given">Rollouts and what was answered about them.</param>
    /// <param name="purpose">What they were asked for.</param>
    public void Append(IJudge judge, IReadOnlyList<(RolloutRow Row, StandingAnswer Answer)> given, string purpose)
    {
        if (given.Count == 0) return;
        log.Append([.. given.Select(g => Fact(judge, g.Row, g.Answer, purpose))]);
        foreach (var (_, answer) in given) Keep(answer);
    }

    private void Take(LogRecord record)
    {
        var fact = JudgementFact.FromJson(record.Value.Span);
        Keep(new StandingAnswer(record.Header(HeaderNames.Id)!, fact.Answer, fact.Rollout));
    }

    private void Keep(StandingAnswer answer)
    {
        if (answers.Count >= AnswersInMemoryMax) answers.Clear();
        answers[answer.Judgement] = answer;
    }

    private static OutgoingRecord Fact(IJudge judge, RolloutRow row, StandingAnswer answer, string purpose) => new()
    {
        Topic = Topics.Judgements,
        Key = row.User,
        Value = new JudgementFact(1, answer.Judgement, row.RolloutId, judge.Model, judge.Template, answer.Answer, "ok", 0, 0, 0).ToJson(),
        Headers = CloudEvent.Headers(
            answer.Judgement, "tppo/judge", "tppo.judgement.v1", "", CloudEvent.Json, new Header(HeaderNames.Purpose, purpose)),
    };
}
