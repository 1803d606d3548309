using System.Text.Json;
using Tppo.Core;
using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.World;
using Tppo.Facts.Evaluations;
using Tppo.Hosting.Judges;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;
using Tppo.TestKit.Judges;

namespace Tppo.Labeler.Tests;

/// <summary>Labels from a language model behind HTTP; a stand-in that knows the world's truth, where it does not misbehave.</summary>
public sealed class ModelLabelTests
{
    private const int Windows = 60;
    private static readonly StandInOracle Oracle = new(new SearchWorld(TinyRun.Settings.Seed, TinyRun.Settings.Input.World));

    private static RunSettings Asked => TinyRun.Settings with
    {
        Labels = TinyRun.Settings.Labels with { JudgeNoise = 0 },
        Judge = new JudgeSettings { Kind = JudgeKind.Openai, Model = "stand-in", CanaryRate = 0.1 },
    };

    [Fact]
    public async Task Its_labels_are_those_of_the_truth_that_it_tells_each_bought_once()
    {
        using var embedded = LabelKit.Ready(out _, Asked with { Judge = new JudgeSettings() }, Windows);
        embedded.RunUntilIdle(LabelerService.Compose);
        await using var server = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)).After(Pause(r)));
        using var kit = Ready(server);
        kit.RunUntilIdle(LabelerService.Compose);
        Assert.Equal(Categories(embedded), Categories(kit));
        Assert.All(server.Answered.Values, n => Assert.Equal(1, n));
        Assert.Equal(8, server.InFlightMost);
        Assert.Contains(Facts(kit), f => f.Purpose == Purposes.Canary);
        Assert.Equal((120, 0.0), (Facts(kit)[0].Fact.PromptTokens + Facts(kit)[0].Fact.CompletionTokens, Facts(kit)[0].Fact.CostUsd));

        var check = Assert.Single(new JudgeCheckLog(kit.Log).All());
        Assert.Null(check.Fault);
        Assert.True(check.Auc > 0.8 && check.CanariesPassed == 12);

        // Another life finds all of it on the log.
        var asked = server.Requests.Count;
        kit.Reopen();
        kit.RunUntilIdle(LabelerService.Compose);
        Assert.Equal(asked, server.Requests.Count);
    }

    [Fact]
    public async Task What_it_answers_nonsense_to_is_asked_three_times_and_stays_unknown_and_holds_up_nobody()
    {
        await using var server = await StandInJudge.StartAsync(r =>
            StandInAnswer.Content(r.Prompt.Contains("zebra", StringComparison.Ordinal) ? "I would rather not say." : Oracle.Answer(r.Prompt)));
        using var kit = Ready(server);
        kit.RunUntilIdle(LabelerService.Compose);
        var rows = Rows(kit).Values.Where(r => r.Purpose == Purposes.Label).ToList();
        var unknown = rows.Where(r => r.Response.Contains("zebra", StringComparison.Ordinal)).Select(r => r.RolloutId).ToHashSet();
        var rewards = Rewards(kit).ToDictionary(r => r.RolloutId);
        Assert.Equal(rows.Count, rewards.Count);
        Assert.All(rewards.Values, r => Assert.Equal(unknown.Contains(r.RolloutId), r.Sentence == Category.None && r.Categories.All(c => c == Category.None)));
        Assert.Equal(unknown.Count, kit.Records(Topics.DeadLetters(LabelerService.Name)).Count);
        foreach (var letter in kit.Records(Topics.DeadLetters(LabelerService.Name)))
            Assert.Contains("no_json after 3 tries", letter.Header(HeaderNames.Cause), StringComparison.Ordinal);
        var rejected = Facts(kit).Where(f => f.Purpose == Purposes.Label && f.Fact.Outcome == "reject").GroupBy(f => f.Fact.Judgement).ToList();
        Assert.NotEmpty(rejected);
        Assert.All(rejected, g => Assert.Equal([(0, "no_json"), (1, "no_json"), (2, "no_json")], g.Select(f => (f.Fact.Attempt, f.Fact.Reason)).Order()));
    }

    [Fact]
    public async Task A_judge_that_says_the_same_of_everybody_labels_nothing_unless_people_say_so()
    {
        await using var server = await StandInJudge.StartAsync(
            r => StandInAnswer.Content(Oracle.Answer(r.Prompt).Replace(",0]", ",1]", StringComparison.Ordinal)));
        using var kit = Ready(server);
        var error = Assert.Throws<UserException>(() => kit.RunUntilIdle(LabelerService.Compose));
        Assert.Contains("no better than a coin; no label was bought", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Facts(kit), f => f.Purpose == Purposes.Label);
        var asked = server.Requests.Count;
        Assert.Throws<UserException>(() => kit.RunUntilIdle(LabelerService.Compose));
        Assert.Equal(asked, server.Requests.Count);

        kit.JudgeAccess = kit.JudgeAccess with { Anyway = true };
        kit.RunUntilIdle(LabelerService.Compose);
        Assert.NotEmpty(Rewards(kit));
        Assert.NotNull(Assert.Single(new JudgeCheckLog(kit.Log).All()).Fault);
    }

    [Fact]
    public async Task Dead_again_and_again_it_pays_for_no_more_than_was_in_flight_and_labels_the_same()
    {
        await using var server = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)).After(Pause(r)));
        using var unbroken = Ready(server);
        unbroken.RunUntilIdle(LabelerService.Compose);
        var once = server.Answered.Values.Sum();

        await using var second = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)).After(Pause(r)));
        using var broken = Ready(second);
        var deaths = broken.RunThroughDeaths(LabelerService.Compose, appendsALife: 12, written: false);
        Assert.True(deaths >= 5, $"{deaths} deaths");
        Assert.Equal(Categories(unbroken), Categories(broken));
        Assert.Equal(unbroken.Ids(Topics.TokenRewards), broken.Ids(Topics.TokenRewards));
        Assert.Equal(broken.Ids(Topics.Judgements).Distinct(), broken.Ids(Topics.Judgements));
        Assert.InRange(second.Answered.Values.Sum() - once, 0, deaths * 8);
    }

    [Fact]
    public async Task A_spent_budget_pauses_it_and_the_next_day_goes_on_where_it_was()
    {
        var clock = new ManualClock();
        await using var server = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)));
        using var kit = Ready(server);
        kit.Clock = clock;
        kit.JudgeAccess = kit.JudgeAccess with { Labels = new DailyBudget(null, 120 * 100), Parallel = 4 };
        using var worker = new LabelWorker(kit.Context);
        WorkUntilStill(worker, server);

        var asked = server.Requests.Count;
        Assert.InRange(asked, 90, 104);
        for (var round = 0; round < 10; round++)
        {
            clock.Move(TimeSpan.FromMinutes(1));
            Assert.True(worker.Work(CancellationToken.None), "it is not idle: it waits for tomorrow");
        }

        Assert.Equal(asked, server.Requests.Count);
        Assert.NotEqual(120, Rewards(kit).Count());

        clock.Move(TimeSpan.FromDays(1));
        while (worker.Work(CancellationToken.None)) continue;
        Assert.Equal(120, Rewards(kit).Count());
        Assert.All(server.Answered.Values, n => Assert.Equal(1, n));
    }

    [Fact]
    public async Task Paused_it_asks_nothing_and_loses_nothing_and_resumed_it_goes_on()
    {
        await using var server = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)).After(Pause(r)));
        using var kit = Ready(server);
        var context = kit.Context;
        using var worker = new LabelWorker(context);
        while (server.Requests.Count < 170) worker.Work(CancellationToken.None);
        context.Labels.Pause("the bill");

        // What was in flight comes to its end.
        WorkUntilStill(worker, server);
        var asked = server.Requests.Count;
        for (var round = 0; round < 30; round++) Assert.True(worker.Work(CancellationToken.None), "it is not idle: it waits to be resumed");
        Assert.Equal(asked, server.Requests.Count);
        Assert.Equal(asked, server.Answered.Values.Sum());
        Assert.InRange(Rewards(kit).Count(), 0, 119);
        context.Labels.Resume();
        while (worker.Work(CancellationToken.None)) continue;
        Assert.Equal(120, Rewards(kit).Count());
        Assert.All(server.Answered.Values, n => Assert.Equal(1, n));
    }

    [Fact]
    public void Without_a_judge_labels_come_from_whoever_writes_judgements()
    {
        using var kit = LabelKit.Ready(out _, Asked with { Judge = new JudgeSettings { Kind = JudgeKind.None } }, Windows);
        kit.RunUntilIdle(LabelerService.Compose);
        Assert.Empty(Rewards(kit));
        var rows = Rows(kit).Values.Where(r => r.Purpose == Purposes.Label).ToList();
        kit.Log.Append([.. rows.Select(row =>
        {
            var fact = new JudgementFact(1, $"mine-{row.RolloutId}", row.RolloutId, "people", "by hand", """{"Relevance": 1}""", "ok", 0, 0, 0);
            var words = string.Join(',', Core.Text.Words.Split(row.Response).Select(w => $"[{JsonSerializer.Serialize(w.Text)},1]"));
            fact = fact with { Answer = $$"""{"words":[{{words}}],"whole":0}""" };
            return new OutgoingRecord
            {
                Topic = Topics.Judgements,
                Key = row.User,
                Value = fact.ToJson(),
                Headers = CloudEvent.Headers(fact.Id, "tppo/people", "tppo.judgement.v1", "", CloudEvent.Json, new Header(HeaderNames.Purpose, Purposes.Label)),
            };
        })]);
        kit.RunUntilIdle(LabelerService.Compose);
        Assert.Equal(rows.Count, Rewards(kit).Count());
        Assert.All(Rewards(kit), r => Assert.Equal(Category.Irrelevant, r.Sentence));
        Assert.All(Rewards(kit), r => Assert.All(r.Categories.Where((_, t) => r.WordIndex[t] >= 0), c => Assert.NotEqual(Category.Irrelevant, c)));
    }

    /// <summary>Works until nothing has been asked for a while.</summary>
    internal static void WorkUntilStill(LabelWorker worker, StandInJudge server)
    {
        for (var (still, before) = (0, -1); still < 10; still = server.Requests.Count == before && server.InFlight == 0 ? still + 1 : 0)
        {
            before = server.Requests.Count;
            worker.Work(CancellationToken.None);
        }
    }

    private static ServiceKit Ready(StandInJudge server)
    {
        var kit = LabelKit.Ready(out _, Asked, Windows);
        kit.JudgeAccess = new JudgeAccess { Url = server.Url, Parallel = 8 };
        return kit;
    }

    // From 1 to 40 ms, by the question.
    private static TimeSpan Pause(StandInRequest request) => TimeSpan.FromMilliseconds(1 + (request.Key[0] * 7 % 40));

    private static List<LogRecord> Data(ServiceKit kit, string topic) => [.. kit.Records(topic).Where(r => !EndMark.Is(r, out _))];

    private static List<(string Purpose, JudgementFact Fact)> Facts(ServiceKit kit) =>
        [.. Data(kit, Topics.Judgements).Select(r => (r.Header(HeaderNames.Purpose)!, JudgementFact.FromJson(r.Value.Span)))];

    private static Dictionary<string, RolloutRow> Rows(ServiceKit kit) =>
        Data(kit, Topics.Rollouts).SelectMany(r => RolloutCodec.Decode(r.Value)).ToDictionary(r => r.RolloutId);

    private static IEnumerable<TokenRewardRow> Rewards(ServiceKit kit) => Data(kit, Topics.TokenRewards).SelectMany(r => TokenRewardCodec.Decode(r.Value));

    private static string[] Categories(ServiceKit kit) =>
        [.. Rewards(kit).Select(r => $"{r.RolloutId} {string.Join(',', r.Categories)} {r.Sentence}").Order(StringComparer.Ordinal)];
}
