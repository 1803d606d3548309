using Tppo.Core.Judging;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Learning.Models;
using Tppo.Learning.Training;
using static Tppo.Core.Judging.Category;

namespace Tppo.Learning.Tests.Training;

public class RewardModelTrainingTests
{
    private static readonly RewardModelSettings Settings = new() { Epochs = 6, Batch = 16, LearningRate = 1e-2, WarmupSteps = 5 };

    [Fact]
    public void It_learns_categories_that_depend_on_the_prompt()
    {
        using var policy = Tiny.Policy();
        var windows = Windows(300);
        using var model = Run(policy, windows, 1, Settings).Model;
        var held = Windows(40, seed: 9);
        var scores = RewardModelScorer.Score(model, [.. held.Select(window => Tiny.Rows(window.Prompt, [.. window.Responses.Select(of => of.Ids)]))]);
        var (right, all) = (0, 0);
        for (var w = 0; w < held.Length; w++)
        {
            for (var g = 0; g < 2; g++)
            {
                for (var t = 0; t < held[w].Responses[g].Ids.Length - 1; t++)
                {
                    var token = scores[w][g][t];
                    Assert.InRange(token.P1 + token.P2, 0.5, 1 + 1e-5);
                    Assert.Equal((t, false), (token.Word, token.IsEnd));
                    all++;
                    if (token.Category == held[w].Responses[g].Categories[t]) right++;
                }

                Assert.Equal((Alignment.NoWord, true), (scores[w][g][^1].Word, scores[w][g][^1].IsEnd));
            }
        }

        Assert.True(right > 0.9 * all, $"{right} of {all}");
    }

    [Fact]
    public void Scores_do_not_depend_on_what_is_scored_beside()
    {
        using var model = Tiny.Policy(head: DecoderHead.Category);
        var prompts = Tiny.Prompts(70);
        var responses = Tiny.Responses(70, 2);
        var together = RewardModelScorer.Score(model, [.. prompts.Zip(responses, (prompt, of) => Tiny.Rows(prompt, of))]);
        for (var p = 0; p < 70; p += 7)
        {
            var alone = RewardModelScorer.Score(model, [Tiny.Rows(prompts[p], responses[p])])[0];
            for (var g = 0; g < 2; g++)
            {
                Assert.Equal(responses[p][g].Length, together[p][g].Length);
                Assert.All(alone[g].Zip(together[p][g]), of => Assert.Equal(of.First.P2, of.Second.P2, 1e-5));
            }
        }
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_the_start_is_left_as_it_was()
    {
        using var policy = Tiny.Policy();
        var before = Tiny.Bytes(policy);
        var windows = Windows(32);
        using var one = Run(policy, windows, 3, Settings with { Epochs = 1 }).Model;
        using var same = Run(policy, windows, 3, Settings with { Epochs = 1 }).Model;
        using var other = Run(policy, windows, 4, Settings with { Epochs = 1 }).Model;
        Assert.Equal(Tiny.Bytes(one), Tiny.Bytes(same));
        Assert.NotEqual(Tiny.Bytes(one), Tiny.Bytes(other));
        Assert.Equal(before, Tiny.Bytes(policy));
    }

    [Fact]
    public void Windows_may_have_different_numbers_of_responses_and_unknown_scores()
    {
        using var policy = Tiny.Policy();
        LabelledWindow[] windows =
        [
            new("a", [10, 11], [new("a0", 0, [20, 1], [Relevant, None], None)]),
            new("b", [12],
            [
                new("b0", 0, [21, 22, 1], [Irrelevant, Relevant, None], Irrelevant),
                new("b1", 1, [23, 1], [None, None], Relevant),
                new("b2", 2, [1], [None], None),
            ]),
        ];
        var result = Run(policy, windows, 1, Settings with { Epochs = 2 });
        Assert.Equal(2, result.Curve.Count);
        Assert.All(result.Curve, step => Assert.True(double.IsFinite(step.Loss) && step.LossLocal > 0 && step.LossGlobal > 0));
        result.Model.Dispose();
    }

    [Fact]
    public void Wrong_labels_are_refused_by_name()
    {
        using var policy = Tiny.Policy();
        LabelledWindow[] windows = [new("a", [10], [new("rollout-7", 0, [20, 1], [Relevant], None)])];
        Assert.Contains("rollout-7", Assert.Throws<ArgumentException>(() => Run(policy, windows, 1, Settings)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => RewardModelScorer.Score(policy, [Tiny.Rows([10], [20, 1])]));
    }

    private static RewardModelResult Run(Decoder policy, LabelledWindow[] windows, long seed, RewardModelSettings settings) =>
        RewardModelTraining.Run(policy, Tiny.Model, settings, windows, seed, null, TestContext.Current.CancellationToken);

    /// <summary>A token is relevant where it has the parity of the prompt's only token.</summary>
    private static LabelledWindow[] Windows(int count, long seed = 1)
    {
        var random = SeededRandom.For("test-windows", seed);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var prompt = Tiny.Ids(random, 1, kinds: 8);
            return new LabelledWindow($"{i}", prompt, [.. Enumerable.Range(0, 2).Select(g =>
            {
                int[] ids = [.. Tiny.Ids(random, 4, kinds: 8), 1];
                Category[] categories = [.. ids.Select(id => id == 1 ? None : Categories.Of(id % 2 == prompt[0] % 2))];
                return new LabelledResponse($"{i}.{g}", g, ids, categories, Categories.Of(categories.Count(category => category == Relevant) > 2));
            })]);
        })];
    }
}
