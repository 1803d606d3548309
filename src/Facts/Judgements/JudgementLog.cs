using System.Globalization;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Log;
using Tppo.Core.Settings;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Judgements;

/// <summary>
/// The answers on <c>judgements.v1</c>, kept up to date by reading on: the last attempt of every question, the first that was written
/// where an attempt stands twice. For one thread.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="clock">Tells on which day an answer is given.</param>
public sealed class JudgementLog(IEventLog log, TimeProvider clock)
{
    private const int AnswersInMemoryMax = 200_000;
    private readonly TopicTail tail = new(log, Topics.Judgements);
    private readonly Dictionary<string, StandingAnswer> answers = [];
    private readonly Dictionary<UInt128, Place> places = [];
    private readonly Dictionary<string, string> byRollout = [];
    private readonly HashSet<string> own = [];

    /// <summary>What answers took, by day and purpose.</summary>
    public JudgeSpending Spending { get; } = new();

    /// <summary>Attempts that stand twice with different answers.</summary>
    public int Disagreements { get; private set; }

    /// <summary>Reads what has come since.</summary>
    public void Refresh()
    {
        foreach (var record in tail.Read()) Take(record);
    }

    /// <summary>The last answer to a question; null where it has not been asked yet.</summary>
    /// <param name="judgement">Content hash of the question.</param>
    public StandingAnswer? Find(string judgement)
    {
        if (answers.TryGetValue(judgement, out var known)) return known;
        if (!places.TryGetValue(Short(judgement), out var place)) return null;

        // Too many to be kept: read again where it stands, if retention has left it there.
        return log.Read(place.Partition, place.Offset, place.Offset + 1).Select(r => Standing(JudgementFact.FromJson(r.Value.Span)))
            .FirstOrDefault(a => a.Judgement == judgement);
    }

    /// <summary>The answer that somebody gave of a rollout, whatever was asked; null where nobody did.</summary>
    public StandingAnswer? OfRollout(string rollout) => byRollout.TryGetValue(rollout, out var judgement) ? Find(judgement) : null;

    /// <summary>Appends new answers, all at once: from here on they stand.</summary>
    public void Append(IReadOnlyList<GivenAnswer> given)
    {
        if (given.Count == 0) return;
        var facts = given.Select(Fact).ToList();
        own.UnionWith(facts.Select(f => f.Id));
        log.Append([.. given.Zip(facts, Record)]);
        if (answers.Count + given.Count > AnswersInMemoryMax)
        {
            // What is forgotten is found again by its place.
            Refresh();
            answers.Clear();
        }

        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        foreach (var (answer, fact) in given.Zip(facts))
        {
            Spending.Add(today, answer.Purpose, fact.Usage);
            answers[fact.Judgement] = Standing(fact) with { Reading = answer.Reply.Reading };
            byRollout.TryAdd(fact.Rollout, fact.Judgement);
        }
    }

    private void Take(LogRecord record)
    {
        var fact = JudgementFact.FromJson(record.Value.Span);
        var isOwn = own.Remove(fact.Id);
        if (!isOwn) Spending.Add(DateOnly.FromDateTime(record.Timestamp.UtcDateTime), record.Header(HeaderNames.Purpose) ?? "", fact.Usage);
        var key = Short(fact.Judgement);
        if (places.TryGetValue(key, out var place) && place.Attempt >= fact.Attempt)
        {
            if (place.Attempt == fact.Attempt && Find(fact.Judgement)?.Completion.Content != fact.Answer) Disagreements++;
            return;
        }

        places[key] = new Place(new TopicPartition(record.Topic, record.Partition), record.Offset, fact.Attempt);
        if (isOwn) return;
        if (answers.Count >= AnswersInMemoryMax) answers.Clear();
        answers[fact.Judgement] = Standing(fact);
        byRollout.TryAdd(fact.Rollout, fact.Judgement);
    }

    private static StandingAnswer Standing(JudgementFact fact) => new(fact.Judgement, fact.Completion, fact.Rollout)
    {
        Reason = fact.Outcome == OneName.Of(ReadingOutcome.Reject) && OneName.TryParse<RejectReason>(fact.Reason, out var reason) ? reason : RejectReason.None,
        Retry = fact.Retry,
        Attempt = fact.Attempt,
        Usage = fact.Usage,
    };

    private static UInt128 Short(string judgement)
    {
        var hash = Core.Numerics.Digest.Sha256(judgement);
        return System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    private static JudgementFact Fact(GivenAnswer given)
    {
        var (reply, reading) = (given.Reply, given.Reply.Reading);
        return new JudgementFact(
            1, given.Judgement, given.Rollout, given.Model, given.Template, reply.Completion.Content ?? "", OneName.Of(reading.Outcome),
            reply.Usage.PromptTokens, reply.Usage.CompletionTokens, reply.Usage.CostUsd)
        {
            Refusal = reply.Completion.Refusal,
            FinishReason = reply.Completion.FinishReason,
            Reason = reading.Outcome == ReadingOutcome.Reject ? OneName.Of(reading.Reason) : null,
            Attempt = given.Attempt,
            Retry = reading.Retry,
            Dropped = reply.Dropped,
        };
    }

    private static OutgoingRecord Record(GivenAnswer given, JudgementFact fact)
    {
        List<Header> more = [new(HeaderNames.Purpose, given.Purpose)];
        if (fact.Attempt > 0) more.Add(new(HeaderNames.Judgement, given.Judgement));
        if (given.Reply.Latency > TimeSpan.Zero)
            more.Add(new(HeaderNames.LatencyMilliseconds, given.Reply.Latency.TotalMilliseconds.ToString("F1", CultureInfo.InvariantCulture)));
        return new OutgoingRecord
        {
            Topic = Topics.Judgements,
            Key = given.User,
            Value = fact.ToJson(),
            Headers = CloudEvent.Headers(fact.Id, "tppo/judge", "tppo.judgement.v1", "", CloudEvent.Json, [.. more]),
        };
    }

    private readonly record struct Place(TopicPartition Partition, long Offset, int Attempt);
}
