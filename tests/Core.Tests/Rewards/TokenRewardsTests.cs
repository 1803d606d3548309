using Tppo.Core.Judging;
using Tppo.Core.Rewards;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using static Tppo.Core.Judging.Category;

namespace Tppo.Core.Tests;

public class TokenRewardsTests
{
    private static readonly ShapingSettings Bare = new() { RepeatRule = false, Penalty = LengthPenalty.None, DivideByWords = false };

    // "trail shoes, trail": shoes has two tokens, the separator one, the end one.
    private static readonly string[] TrailWords = ["trail", "shoes", "Trail"];
    private static readonly ScoredToken[] Trail =
    [
        Token(Relevant, 0), Token(Irrelevant, 1), Token(Irrelevant, 1), Token(Relevant, Alignment.NoWord), Token(Relevant, 2),
        new(Relevant, Alignment.NoWord, true, 0.1, 0.8),
    ];

    [Fact]
    public void Signed_categories_are_paid_minus_one_and_one_and_tokens_of_no_word_nothing() =>
        Assert.Equal([1, -1, -1, 0, 1, 0], TokenRewards.Shape(Trail, TrailWords, WordGuards.None, Bare));

    [Fact]
    public void Under_the_literal_map_and_product_with_vanishing_alpha_rewards_reduce_to_the_categories()
    {
        var literal = Bare with { Map = RewardMap.PaperLiteral, Penalty = LengthPenalty.Product, Alpha = 1e-9 };
        var rewards = TokenRewards.Shape(Trail, TrailWords, WordGuards.None, literal);
        var limit = 1 / (1 + Math.Exp(-6));
        for (var l = 0; l < Trail.Length; l++) Assert.Equal(Trail[l].Word < 0 ? 0 : (int)Trail[l].Category * limit, rewards[l], 7);
    }

    [Fact]
    public void Probability_difference_pays_what_the_model_is_sure_of()
    {
        var difference = Bare with { Map = RewardMap.ProbabilityDifference };
        Assert.Equal(0.55, TokenRewards.Shape([new ScoredToken(Relevant, 0, false, 0.2, 0.75)], ["a"], WordGuards.None, difference)[0], 12);
    }

    [Fact]
    public void Tokens_of_a_repeated_word_are_paid_the_repeat_value_whatever_their_category()
    {
        var settings = Bare with { RepeatRule = true, RepeatValue = -0.3 };
        Assert.Equal([1, -1, -1, 0, -0.3, 0], TokenRewards.Shape(Trail, TrailWords, WordGuards.None, settings));
        Assert.Equal([false, true, false, false, true], TokenRewards.RepeatedWords(["Straße", "STRASSE!", "--", "--", "ｓｔｒａｓｓｅ"]));
    }

    [Fact]
    public void With_word_granularity_a_word_is_paid_once_at_its_last_token() =>
        Assert.Equal([1, 0, -1, 0, 1, 0], TokenRewards.Shape(Trail, TrailWords, WordGuards.None, Bare with { Granularity = RewardGranularity.Word }));

    [Fact]
    public void The_length_weight_is_nearly_one_at_the_soft_length_and_a_half_six_over_alpha_later()
    {
        Assert.Equal(0.9975, TokenRewards.LengthWeight(20, 1, 20), 4);
        Assert.Equal(0.5, TokenRewards.LengthWeight(26, 1, 20), 12);
        Assert.Equal(0.5, TokenRewards.LengthWeight(32, 0.5, 20), 12);
    }

    [Fact]
    public void The_shifted_penalty_bites_late_tokens_of_any_kind_and_spares_the_end()
    {
        var settings = Bare with { Penalty = LengthPenalty.Shifted, SoftLength = 0, Alpha = 2 };
        var rewards = TokenRewards.Shape(Trail, TrailWords, WordGuards.None, settings);
        for (var l = 0; l < 5; l++)
        {
            var weight = 1 / (1 + Math.Exp((2 * l) - 6));
            double bare = l switch { 0 or 4 => 1, 3 => 0, _ => -1 };
            Assert.Equal((weight * bare) - (1 - weight), rewards[l], 12);
        }

        Assert.Equal(0, rewards[5]);
    }

    [Fact]
    public void A_product_also_lets_a_bad_late_token_off_and_the_shift_does_not()
    {
        ScoredToken[] late = [.. Enumerable.Repeat(Token(Irrelevant, 0), 60)];
        Assert.Equal(0, TokenRewards.Shape(late, ["a"], WordGuards.None, Bare with { Penalty = LengthPenalty.Product })[59], 9);
        Assert.Equal(-1, TokenRewards.Shape(late, ["a"], WordGuards.None, Bare with { Penalty = LengthPenalty.Shifted })[59], 9);
    }

    [Fact]
    public void Division_is_by_the_number_of_words_and_comes_last()
    {
        var penalised = TokenRewards.Shape(Trail, TrailWords, WordGuards.None, Bare with { Penalty = LengthPenalty.Shifted });
        var divided = TokenRewards.Shape(Trail, TrailWords, WordGuards.None, Bare with { Penalty = LengthPenalty.Shifted, DivideByWords = true });
        for (var l = 0; l < Trail.Length; l++) Assert.Equal(penalised[l] / 3, divided[l], 15);
        Assert.Equal([0], TokenRewards.Shape([new ScoredToken(None, Alignment.NoWord, true, 0, 0)], [], WordGuards.None, new ShapingSettings()));
    }

    private static ScoredToken Token(Category category, int word) => new(category, word, false, 0.3, 0.6);
}
