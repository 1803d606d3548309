using System.Diagnostics;
using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;
using Tppo.Facts.Judgements;
using Tppo.Hosting.Judges;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Hosting.Tests;

public class JudgeDeskTests
{
    private static readonly HistoryEvent[] History = [new(EventType.Search, DateTime.UnixEpoch, "a", "")];

    [Fact]
    public void An_answer_is_bought_once_also_over_a_restart()
    {
        using var log = new TestLog();
        var judge = new CountingJudge("one");
        Assert.Equal(["answer 1", "answer 2", "answer 1"], Ask(log.Log, judge, "red", "blue", "red").Select(a => a.Completion.Content));
        Assert.Equal(2, log.Records(Topics.Judgements).Count);
        log.Reopen();
        Assert.Equal(["answer 2", "answer 3"], Ask(log.Log, judge, "blue", "green").Select(a => a.Completion.Content));
        Assert.Equal(3, judge.Calls);
        Assert.Equal("answer 1", Assert.Single(Ask(log.Log, new CountingJudge("two"), "red")).Completion.Content);
        Assert.Equal(4, log.Records(Topics.Judgements).Count);
    }

    [Fact]
    public void An_answer_tells_for_which_response_it_was_asked_first()
    {
        using var log = new TestLog();
        var answers = Ask(log.Log, new CountingJudge("one"), "red", "blue", "red");
        Assert.Equal(answers[0], answers[2]);
        Assert.Equal([Row(0, "red").RolloutId, Row(1, "blue").RolloutId], answers.Take(2).Select(a => a.AskedFor));
    }

    [Fact]
    public void Who_dies_in_between_buys_again_what_was_not_appended_yet_and_no_more()
    {
        using var log = new TestLog();
        string[] responses = [.. Enumerable.Range(0, 1000).Select(i => $"query {i}")];
        var judge = new CountingJudge("one");
        Assert.Throws<InjectedCrashException>(() => Ask(new MortalLog(log.Log, appendsALife: 2, written: false), judge, responses));
        Assert.Equal(512, judge.Calls);
        log.Reopen();
        Assert.Equal(1000, Ask(log.Log, judge, responses).Count);
        Assert.Equal(1000 + 256, judge.Calls);
        Assert.Equal(1000, log.Records(Topics.Judgements).Count);
    }

    [Fact]
    public void What_was_answered_before_a_stop_stands()
    {
        using var log = new TestLog();
        using var source = new CancellationTokenSource();
        var judge = new CountingJudge("one") { At = 10, Then = source.Cancel };
        string[] responses = [.. Enumerable.Range(0, 100).Select(i => $"query {i}")];
        Assert.Throws<OperationCanceledException>(() => Ask(log.Log, judge, source.Token, responses));
        Assert.Equal(10, log.Records(Topics.Judgements).Count);
        Ask(log.Log, judge, responses);
        Assert.Equal(100, judge.Calls);
    }

    [Fact]
    public void A_judgement_is_a_fact_under_the_users_key_with_all_that_it_rests_on()
    {
        using var log = new TestLog();
        var answer = Assert.Single(Ask(log.Log, new CountingJudge("one"), "red"));
        var record = Assert.Single(log.Records(Topics.Judgements));
        Assert.Equal(("u1", answer.Judgement, Purposes.Label), (record.Key, record.Header(HeaderNames.Id), record.Header(HeaderNames.Purpose)));
        var read = JudgementFact.FromJson(record.Value.Span);
        Assert.Equal(new JudgementFact(1, answer.Judgement, Row(0, "red").RolloutId, "one", "test", "answer 1", "ok", 0, 0, 0), read);
    }

    [Fact]
    public void What_is_to_be_asked_again_waits_for_the_next_days_budget_and_keeps_nobody_busy()
    {
        using var log = new TestLog();
        var clock = new ManualClock();
        var judge = new SlowJudge();
        using var desk = new JudgeDesk(
            new JudgementLog(log.Log, clock), new DeskTerms { Budget = new DailyBudget(null, 10), Purposes = [Purposes.Label], Clock = clock });
        var pending = desk.Ask(judge, Question.Of(Row(0, "red"), History), Purposes.Label);
        while (judge.Calls == 0 || log.Records(Topics.Judgements).Count == 0) desk.Settle(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Null(pending.Answer);
        Assert.True(desk.IsWaiting);

        var watch = Stopwatch.StartNew();
        desk.Settle(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        Assert.True(watch.ElapsedMilliseconds >= 150, $"it came back after {watch.ElapsedMilliseconds} ms");
        Assert.Equal(1, judge.Calls);

        clock.Move(TimeSpan.FromDays(1));
        while (pending.Answer is null) desk.Settle(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Equal((2, 1), (judge.Calls, pending.Answer!.Attempt));
    }

    private static RolloutRow Row(int number, string response) => TestLog.Row("u1", number, response);

    private static IReadOnlyList<StandingAnswer> Ask(IEventLog log, IJudge judge, params string[] responses) =>
        Ask(log, judge, TestContext.Current.CancellationToken, responses);

    private static IReadOnlyList<StandingAnswer> Ask(IEventLog log, IJudge judge, CancellationToken cancellation, params string[] responses)
    {
        var judgements = new JudgementLog(log, TimeProvider.System);
        judgements.Refresh();
        using var desk = new JudgeDesk(judgements, new DeskTerms());
        return desk.AskAll(judge, [.. responses.Select((response, i) => Question.Of(Row(i, response), History))], Purposes.Label, cancellation);
    }

    private sealed class CountingJudge(string model) : IJudge
    {
        public int Calls { get; private set; }

        public int At { get; init; }

        public Action Then { get; init; } = () => { };

        public string Model => model;

        public string Template => "test";

        public ValueTask<JudgeReply> AskAsync(JudgeInput input, int attempt, CancellationToken cancellation)
        {
            if (++Calls == At) Then();
            return ValueTask.FromResult(new JudgeReply(new Completion($"answer {Calls}"), JudgeReading.Given([], Category.Relevant)));
        }
    }
    // In its own time, first what cannot be used, then what can; ten tokens a call.
    private sealed class SlowJudge : IJudge
    {
        public int Calls { get; private set; }

        public string Model => "slow";

        public string Template => "test";

        public int TriesMax => 3;

        public async ValueTask<JudgeReply> AskAsync(JudgeInput input, int attempt, CancellationToken cancellation)
        {
            await Task.Delay(10, cancellation);
            Calls++;
            var reading = attempt == 0
                ? JudgeReading.Rejected(1, RejectReason.NoJson, retry: true)
                : JudgeReading.Given([Category.Relevant], Category.Relevant);
            return new JudgeReply(new Completion("answer"), reading) { Usage = new JudgeUsage(8, 2, 0) };
        }
    }
}
