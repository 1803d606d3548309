using Tppo.Core.Judging;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Core.World;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Faults;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Labeler.Tests;

public sealed class LabelWorkerTests
{
    [Fact]
    public void Each_rollouts_record_becomes_one_token_rewards_record_of_the_same_rows_on_its_partition()
    {
        using var kit = LabelKit.Ready(out _);
        kit.RunUntilIdle(LabelerService.Compose);
        for (var p = 0; p < 2; p++)
        {
            var rollouts = Data(kit, Topics.Rollouts)
                .Where(r => r.Partition == p && r.Header(HeaderNames.Purpose) == Purposes.Label)
                .Select(r => RolloutCodec.Decode(r.Value).Select(x => x.RolloutId))
                .ToList();
            var rewards = Data(kit, Topics.TokenRewards)
                .Where(r => r.Partition == p)
                .Select(r => TokenRewardCodec.Decode(r.Value).Select(x => x.RolloutId))
                .ToList();
            Assert.Equal(rollouts, rewards);
            Assert.NotEmpty(rollouts);
        }
    }

    [Fact]
    public async Task A_token_has_the_category_of_its_word_and_the_row_that_of_the_whole()
    {
        using var kit = LabelKit.Ready(out var windows);
        kit.RunUntilIdle(LabelerService.Compose);
        var judge = new OracleJudge(new SearchWorld(kit.Settings.Seed, kit.Settings.Input.World), kit.Settings.Labels.JudgeNoise);
        var rows = Rows(kit);
        var seen = new HashSet<Category>();
        foreach (var reward in Rewards(kit))
        {
            var row = rows[reward.RolloutId];
            var words = Words.Split(row.Response);
            var input = new JudgeInput(windows[row.WindowId].History, row.Response.Trim());
            var answer = (await judge.AskAsync(input, 0, TestContext.Current.CancellationToken)).Reading;
            Assert.Equal(answer.Whole, reward.Sentence);
            for (var t = 0; t < row.ResponseIds.Length; t++)
            {
                // By hand: the word whose bytes hold the token's last byte, of tokens that never reach over two words; the end token has none.
                var word = t == row.ResponseIds.Length - 1 ? -1 : words.FindIndex(w => w.Start < row.ByteEnds[t] && row.ByteEnds[t] <= w.End);
                Assert.Equal(word, reward.WordIndex[t]);
                Assert.Equal(word < 0 ? 0 : answer.Words[word], reward.Categories[t]);
                seen.Add(reward.Categories[t]);
            }

            Assert.Equal(row.ResponseIds, reward.ResponseIds);
            Assert.Equal(64, reward.TokenizerSha256.Length);
        }

        Assert.Equal([0, 1, 2], seen.Order().Select(c => (int)c));
    }

    [Fact]
    public void Every_answer_is_a_fact_of_which_no_question_has_two()
    {
        using var kit = LabelKit.Ready(out _);
        kit.RunUntilIdle(LabelerService.Compose);
        var facts = Data(kit, Topics.Judgements);
        var questions = Rows(kit).Values.Where(r => r.Purpose == Purposes.Label).Select(r => (r.WindowId, r.Response.Trim())).Distinct().Count();
        Assert.Equal(questions, facts.Count);
        Assert.Equal(questions, facts.Select(f => f.Header(HeaderNames.Id)).Distinct().Count());
        Assert.All(facts, f => Assert.Equal(f.Key, Rows(kit)[JudgementFact.FromJson(f.Value.Span).Rollout].User));
        Assert.Equal(Rewards(kit).Select(r => r.JudgementId).Distinct().Order(StringComparer.Ordinal), kit.Ids(Topics.Judgements));
    }

    [Theory]
    [InlineData(FaultMark.AbortBeforeWrite)]
    [InlineData(FaultMark.UnknownAfterWrite)]
    [InlineData(FaultMark.UnknownBeforeWrite)]
    [InlineData(FaultMark.CrashBeforeWrite)]
    [InlineData(FaultMark.CrashAfterWrite)]
    public void Stopped_at_its_step_and_started_again_it_asks_nothing_twice_and_labels_the_same(FaultMark mark)
    {
        using var unbroken = LabelKit.Ready(out _);
        unbroken.RunUntilIdle(LabelerService.Compose);
        using var broken = LabelKit.Ready(out _);
        broken.RunThrough(LabelerService.Compose, [new StepFault(LabelerService.Name, 0, mark)], [new StepFault(LabelerService.Name, 0, mark)], []);
        AssertSame(unbroken, broken);
    }

    [Fact]
    public void Dead_after_every_append_of_judgements_it_still_asks_each_question_once()
    {
        using var unbroken = LabelKit.Ready(out _);
        unbroken.RunUntilIdle(LabelerService.Compose);
        using var broken = LabelKit.Ready(out _);
        Assert.True(broken.RunThroughDeaths(LabelerService.Compose, appendsALife: 1, written: true) >= 2);
        AssertSame(unbroken, broken);
    }

    [Fact]
    public void End_marks_are_handed_on_and_stand_last()
    {
        using var kit = LabelKit.Ready(out _);
        kit.RunUntilIdle(LabelerService.Compose);
        for (var p = 0; p < 2; p++)
        {
            var records = kit.Records(Topics.TokenRewards).Where(r => r.Partition == p).ToList();
            Assert.Single(records, r => EndMark.Is(r, out _));
            Assert.True(EndMark.Is(records[^1], out var stage) && stage == ModelFamilies.Reward);
        }
    }

    [Fact]
    public void Rollouts_for_other_purposes_are_not_judged()
    {
        using var kit = LabelKit.Ready(out _);
        kit.RunUntilIdle(LabelerService.Compose);
        var others = Rows(kit).Values.Where(r => r.Purpose != Purposes.Label).Select(r => r.RolloutId).ToHashSet();
        Assert.NotEmpty(others);
        Assert.DoesNotContain(Rewards(kit), r => others.Contains(r.RolloutId));
    }

    [Fact]
    public void The_shuffled_control_deals_the_same_labels_out_to_other_words_and_keeps_the_judgements()
    {
        using var plain = LabelKit.Ready(out _);
        plain.RunUntilIdle(LabelerService.Compose);
        using var shuffled = LabelKit.Ready(out _, TinyRun.Settings with { Labels = TinyRun.Settings.Labels with { Shuffled = true } });
        shuffled.RunUntilIdle(LabelerService.Compose);

        Assert.Equal(plain.Ids(Topics.Judgements), shuffled.Ids(Topics.Judgements));
        Assert.NotEqual(Categories(plain), Categories(shuffled));
        foreach (var (a, b) in Data(plain, Topics.TokenRewards).Zip(Data(shuffled, Topics.TokenRewards)))
        {
            Assert.Equal(WordLabels(a), WordLabels(b));
            Assert.Equal(Sentences(a), Sentences(b));
        }
    }

    private static void AssertSame(ServiceKit unbroken, ServiceKit broken)
    {
        foreach (var topic in new[] { Topics.Judgements, Topics.TokenRewards }) Assert.Equal(unbroken.Ids(topic), broken.Ids(topic));
        Assert.Equal(Categories(unbroken), Categories(broken));
    }

    private static List<LogRecord> Data(ServiceKit kit, string topic) => [.. kit.Records(topic).Where(r => !EndMark.Is(r, out _))];

    private static Dictionary<string, RolloutRow> Rows(ServiceKit kit) =>
        Data(kit, Topics.Rollouts).SelectMany(r => RolloutCodec.Decode(r.Value)).ToDictionary(r => r.RolloutId);

    private static IEnumerable<TokenRewardRow> Rewards(ServiceKit kit) => Data(kit, Topics.TokenRewards).SelectMany(r => TokenRewardCodec.Decode(r.Value));

    private static string[] Categories(ServiceKit kit) =>
        [.. Rewards(kit).Select(r => $"{r.RolloutId} {string.Join(',', r.Categories)} {r.Sentence}").Order(StringComparer.Ordinal)];

    private static List<Category> WordLabels(LogRecord record) =>
        [.. TokenRewardCodec.Decode(record.Value).SelectMany(r => r.Categories.Where((_, t) => r.WordIndex[t] >= 0)).Order()];

    private static List<Category> Sentences(LogRecord record) => [.. TokenRewardCodec.Decode(record.Value).Select(r => r.Sentence).Order()];
}
