using System.Text;
using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Rewards;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;
using static Tppo.Core.Judging.Category;

namespace Tppo.Steps.Tests;

public sealed class RolloutRewardsTests
{
    private static readonly TppoSettings Plain = new() { Shaping = new ShapingSettings { Penalty = LengthPenalty.None } };
    private static readonly string[] Tokens = [" red", " sho", "es", ",", " blue", " red", ""];

    // The category that the reward model finds likeliest; it calls the comma and the end relevant, which must not matter.
    private static readonly Category[] Categories = [Relevant, Irrelevant, None, Relevant, Relevant, Relevant, Relevant];

    [Fact]
    public void Words_are_paid_by_their_category_separators_and_the_end_nothing_and_a_repeated_word_is_fined()
    {
        var rewards = Of(Plain).Rewards;
        // Four words; a token of the second is of no category; the last word repeats the first.
        Assert.Equal([0.25f, -0.25f, 0, 0, 0.25f, -0.25f, 0], rewards);
    }

    [Fact]
    public void The_length_penalty_spares_the_end_token()
    {
        var shaping = new ShapingSettings { SoftLength = 0, Alpha = 100, DivideByWords = false };
        var rewards = Of(Plain with { Shaping = shaping }).Rewards;
        // Past the soft length lwp is 0 from the second token on: each costs 1, but for the end.
        Assert.Equal(0, rewards[^1]);
        Assert.All(rewards[1..^1], r => Assert.Equal(-1, r, 1e-6));
    }

    [Fact]
    public void All_tokens_enter_the_loss_or_only_those_of_words_with_a_label()
    {
        Assert.All(Of(Plain).InLoss, Assert.True);
        Assert.Equal([true, true, false, false, true, true, false], Of(Plain with { LossTokens = LossTokens.LabelledOnly }).InLoss);
    }

    [Fact]
    public void A_response_with_other_than_k_queries_pays_on_its_last_token_alone()
    {
        var (formed, malformed) = (Of(Plain).Rewards, Of(Plain, targets: 3).Rewards);
        Assert.Equal(formed[..^1], malformed[..^1]);
        Assert.Equal(formed[^1] + Plain.Shaping.MalformedValue, malformed[^1], 6);
    }

    [Fact]
    public void What_the_history_holds_against_a_word_counts_where_the_settings_say_so()
    {
        var bare = Plain with { Shaping = Plain.Shaping with { DivideByWords = false, MalformedValue = 0 } };
        HistoryEvent[] history = [At(EventType.Search, "Red Shoe"), At(EventType.Click, "blue things")];
        Assert.Equal([1, -1, 0, 0, 1, -1, 0], Of(bare, history: history).Rewards);
        // "red shoes" is a search of the history; "blue red" is none, but both of its words stand there.
        Assert.Equal([-0.5f, -1, -0.5f, 0, 1, -1, 0], Of(Shaped(s => s with { CopyRule = true, CopiedValue = -0.5 }), history: history).Rewards);
        Assert.Equal([0, -1, 0, 0, 0, -1, 0], Of(Shaped(s => s with { NewWordRule = true }), history: history).Rewards);
        Assert.Equal([1, -1, 0, 0, 1, -1, 0], Of(Shaped(s => s with { NewWordRule = true }), history: history[1..]).Rewards);

        TppoSettings Shaped(Func<ShapingSettings, ShapingSettings> how) => bare with { Shaping = how(bare.Shaping) };
        static HistoryEvent At(EventType type, string text) => new(type, DateTime.UnixEpoch, text, "");
    }

    [Fact]
    public void A_response_that_never_ended_or_has_other_than_k_queries_pays_for_its_form()
    {
        var settings = Plain with { Shaping = Plain.Shaping with { MalformedValue = 0, FormPenalty = 1 } };
        Assert.Equal(0, Of(settings).Rewards[^1]);
        Assert.Equal(-1, Of(settings, targets: 3).Rewards[^1]);
        Assert.Equal(-1, Of(settings, finished: false).Rewards[^1]);
    }

    [Fact]
    public void Ids_and_recorded_log_probs_pass_through()
    {
        var response = Of(Plain);
        Assert.Equal([10, 11, 12, 13, 14, 15, SpecialTokens.Own.End], response.Ids);
        Assert.Equal([-0f, -1, -2, -3, -4, -5, -6], response.SampledLogProbs);
    }

    [Fact]
    public void Distinct_words_are_counted_response_by_response()
    {
        Assert.Equal(0.75, RolloutRewards.DistinctWords([Row(Tokens)]));
        Assert.Equal((0.75 + 1) / 2, RolloutRewards.DistinctWords([Row(Tokens), Row([" Red", " green"]), Row([",", ","])]));
        Assert.Null(RolloutRewards.DistinctWords([Row([" ..."])]));
    }

    private static Trajectory Of(TppoSettings settings, int targets = 2, bool finished = true, IReadOnlyList<HistoryEvent>? history = null)
    {
        var row = Row(Tokens) with { Finished = finished };
        var words = Alignment.WordOfToken(Words.Split(row.Response), row.ByteStarts, row.ByteEnds);
        ScoredToken[] scored =
        [
            .. Categories.Select((c, t) => new ScoredToken(
                c, words[t], t == Tokens.Length - 1, c == Irrelevant ? 0.8 : 0.1, c == Relevant ? 0.8 : 0.1)),
        ];
        return RolloutRewards.Of(row, scored, settings, targets, history);
    }

    private static RolloutRow Row(string[] tokens)
    {
        int[] ends = [.. tokens.Select((_, i) => tokens.Take(i + 1).Sum(Encoding.UTF8.GetByteCount))];
        return new RolloutRow
        {
            RolloutId = "r",
            WindowId = "w",
            User = "u",
            Purpose = Purposes.Update,
            PolicyVersion = "policy/0",
            Sample = 0,
            Seed = 0,
            PromptIds = [3],
            ResponseIds = [.. Enumerable.Range(10, tokens.Length - 1), SpecialTokens.Own.End],
            LogProbs = [.. tokens.Select((_, i) => -(float)i)],
            ByteStarts = [0, .. ends[..^1]],
            ByteEnds = ends,
            Response = string.Concat(tokens),
            Finished = true,
        };
    }
}
