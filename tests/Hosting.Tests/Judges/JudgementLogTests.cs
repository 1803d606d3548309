using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;
using Tppo.Streaming.Records;

namespace Tppo.Hosting.Tests;

public class JudgementLogTests
{
    private static readonly HistoryEvent[] History = [new(EventType.Search, DateTime.UnixEpoch, "a", "")];

    [Fact]
    public void An_answer_is_bought_once_also_over_a_restart()
    {
        using var log = new TestLog();
        var judge = new CountingJudge("one");
        var row = TestLog.Row("u1", 0);
        var judgements = new JudgementLog(log.Log);
        var (hash, answer, fact) = Ask(judgements, judge, "red", row);
        Assert.Equal("answer 1", answer);
        Assert.Equal((hash, answer, null), Ask(judgements, judge, "red", row));
        log.Append(fact!);
        log.Reopen();

        var again = new JudgementLog(log.Log);
        for (var p = 0; p < 4; p++) again.Refresh(p);
        Assert.Equal((hash, answer, null), Ask(again, judge, "red", row));
        Assert.Equal((1, 0, 1), (judge.Calls, again.Calls, judgements.Calls));
        var another = Ask(again, judge, "blue", row);
        Assert.Equal("answer 2", another.Answer);
        Assert.NotNull(Ask(again, new CountingJudge("two"), "red", row).Fact);
        Assert.Equal(2, again.Calls);
    }

    [Fact]
    public void A_judgement_is_a_fact_under_the_users_key_with_all_that_it_rests_on()
    {
        using var log = new TestLog();
        var row = TestLog.Row("u1", 0);
        var (hash, _, fact) = Ask(new JudgementLog(log.Log), new CountingJudge("one"), "red", row);
        log.Append(fact!);
        var record = Assert.Single(log.Records(Topics.Judgements));
        Assert.Equal(("u1", hash, Purposes.Label), (record.Key, record.Header(HeaderNames.Id), record.Header(HeaderNames.Purpose)));
        var read = JudgementFact.FromJson(record.Value.Span);
        Assert.Equal(new JudgementFact(1, hash, row.RolloutId, "one", "test", "answer 1", "ok", 0, 0, 0), read);
    }

    private static (string Hash, string Answer, Streaming.OutgoingRecord? Fact) Ask(JudgementLog log, IJudge judge, string response, RolloutRow row) =>
        log.Ask(judge, new JudgeInput(History, response), row, Purposes.Label, TestContext.Current.CancellationToken);

    private sealed class CountingJudge(string model) : IJudge
    {
        public int Calls { get; private set; }

        public string Model => model;

        public string Template => "test";

        public ValueTask<string> AskAsync(JudgeInput input, CancellationToken cancellation) => ValueTask.FromResult($"answer {++Calls}");
    }
}
