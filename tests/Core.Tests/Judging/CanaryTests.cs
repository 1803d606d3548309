using Tppo.Core.Judging;
using Tppo.Core.Judging.Canaries;
using Tppo.Core.Judging.Checks;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Text;
using Tppo.Core.World;

namespace Tppo.Core.Tests;

public class CanaryTests
{
    [Fact]
    public async Task Who_knows_the_truth_passes_every_canary_and_who_says_the_same_of_every_word_does_not()
    {
        var oracle = new OracleJudge(new SearchWorld(1), noise: 0);
        for (var number = 0; number < 300; number++)
        {
            var canary = Canary.Of(7, number);
            Assert.True(canary.IsPassedBy((await oracle.AskAsync(canary.Input, 0, TestContext.Current.CancellationToken)).Reading), $"canary {number}");
            Assert.Equal(canary.IsRelevant, canary.IsPassedBy(Same(canary, Category.Relevant)));
            Assert.Equal(!canary.IsRelevant, canary.IsPassedBy(Same(canary, Category.Irrelevant)));
            Assert.Null(canary.IsPassedBy(JudgeReading.Rejected(6, RejectReason.NoJson, retry: true)));
            Assert.Equal(canary.Input, canary.Input with { History = Canary.Of(7, number).Input.History }, new ByText());
        }
    }

    [Fact]
    public void Every_third_one_tells_the_judge_what_to_say_and_its_name_gives_its_number()
    {
        for (var i = 0; i < 30; i++)
            Assert.Equal(i % 3 == 2, Canary.Of(1, i).Input.History.Any(e => e.Text.Contains('1', StringComparison.Ordinal)));
        Assert.Equal(17, Canary.NumberOf(Canary.Of(1, 17).Name));
        Assert.Null(Canary.NumberOf("check/1"));
    }

    [Fact]
    public void Scores_of_pairs_give_an_area_and_an_interval_around_it()
    {
        var told = PairScores.Auc([.. Enumerable.Range(0, 40).Select(i => ((double?)1.0, (double?)(i % 4 == 0 ? 1 : 0)))], 1);
        Assert.Equal(0.875, told.Auc!.Value, 12); // by hand: 30 of 40 others below all, 10 tied: .75 + .125
        Assert.InRange(told.Low!.Value, 0.7, 0.874);
        Assert.InRange(told.High!.Value, 0.876, 1);
        var coin = PairScores.Auc([.. Enumerable.Range(0, 40).Select(_ => ((double?)1.0, (double?)1.0))], 1);
        Assert.Equal((0.5, 0.5, 0.5), (coin.Auc, coin.Low, coin.High));
        Assert.Null(PairScores.Auc([(1, 0), (null, 0), (1, null), (1, 0), (1, 0), (1, 0)], 1).Auc);
    }

    [Theory]
    [InlineData(0.8, 0.6, 0, null)]
    [InlineData(0.55, 0.45, 0, "no better than a coin")]
    [InlineData(0.5, 0.5, 0, "no better than a coin")]
    [InlineData(0.8, 0.6, 1, "1 of 12 questions with known answers")]
    [InlineData(null, null, 0, "answers could be used: too few")]
    public void A_judge_is_refused_where_its_interval_holds_a_half_or_a_canary_failed(double? auc, double? low, int failed, string? fault)
    {
        var check = new JudgeCheck
        {
            Judge = "j",
            Template = "t",
            Auc = auc,
            Low = low,
            High = 0.9,
            Pairs = 40,
            CanariesFailed = failed,
            CanariesPassed = 12 - failed,
        };
        if (fault is null) Assert.Null(check.Fault);
        else Assert.Contains(fault, check.Fault, StringComparison.Ordinal);
        Assert.Equal(check.Fault, JudgeCheck.FromJson(check.ToJson()).Fault);
    }

    private static JudgeReading Same(Canary canary, Category category) =>
        JudgeReading.Given([.. Words.Split(canary.Input.Response).Select(_ => category)], category);

    private sealed class ByText : IEqualityComparer<JudgeInput>
    {
        public bool Equals(JudgeInput? x, JudgeInput? y) => x!.Response == y!.Response && x.History.SequenceEqual(y.History);

        public int GetHashCode(JudgeInput obj) => obj.Response.GetHashCode(StringComparison.Ordinal);
    }
}
