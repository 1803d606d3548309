using System.Text.Json;
using CsCheck;
using Tppo.Core.Judging;
using Tppo.Learning.Losses;
using static TorchSharp.torch;
using static Tppo.Core.Judging.Category;

namespace Tppo.Learning.Tests.Losses;

public class RewardModelLossTests
{
    public static TheoryData<string> Cases => [.. Golden.Cases("reward_model_losses.jsonl").Select(of => of.Name)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Losses_weights_and_gradient_are_those_of_an_independent_reading(string name)
    {
        var (_, input, expected) = Golden.Cases("reward_model_losses.jsonl").Single(of => of.Name == name);
        using var scope = NewDisposeScope();
        var logits_BT3 = input.Grid("logits").requires_grad_();
        var given = input.GetProperty("class_weights");
        var (loss, stats) = TokenRewardLoss.Compute(
            logits_BT3,
            input.Grid("labels").to(int64),
            input.Grid("keep").to(ScalarType.Bool),
            input.Grid("response").to(ScalarType.Bool),
            [.. input.GetProperty("whole").EnumerateArray().Select(whole => whole.ValueKind == JsonValueKind.Null ? None : Categories.Of(whole.GetSByte()))],
            input.Number("w"),
            0.1,
            given.ValueKind == JsonValueKind.Array ? Golden.Numbers(given) : null);
        loss.backward();
        Golden.AssertClose(Golden.Numbers(expected.GetProperty("class_weights")), [.. stats.ClassWeights], "weights");
        Golden.AssertClose(
            [expected.Number("local"), expected.Number("global"), expected.Number("total")], [stats.Local, stats.Global, stats.Total], "losses");
        Golden.AssertClose(expected.GetProperty("grad_total_by_logits"), logits_BT3.grad!, "gradient");
    }

    [Fact]
    public void Losses_of_one_response_by_hand()
    {
        using var scope = NewDisposeScope();
        // Even logits: −log P = ln 3 everywhere. Labels 1, 2, 0: weights 1, 1, 0.1. E[c] = 1.5, the whole relevant.
        var (_, stats) = Compute(zeros(1, 3, 3, float64), [1, 2, 0], [true, true, true], Relevant, 0.25);
        Golden.AssertClose([2.1 * Math.Log(3) / 3, 0.25, (0.25 * 0.7 * Math.Log(3)) + (0.75 * 0.25)], [stats.Local, stats.Global, stats.Total], "losses");
    }

    [Fact]
    public void The_balance_mask_does_not_bend_the_global_loss()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new double[,,] { { { 0, 1, 3 }, { 0, 2, -1 }, { 0, 0, 0 } } });
        var all = Compute(logits, [2, 1, 2], [true, true, true], Irrelevant, 0.5).Stats;
        var thinned = Compute(logits, [2, 1, 2], [false, true, true], Irrelevant, 0.5).Stats;
        Assert.Equal(all.Global, thinned.Global, 1e-12);
        Assert.NotEqual(all.Local, thinned.Local, 1e-3);
    }

    [Fact]
    public void An_unknown_whole_score_is_left_out_and_never_read_as_irrelevant()
    {
        using var scope = NewDisposeScope();
        var logits = tensor(new double[,,] { { { 0, 1, 3 }, { 0, 2, -1 }, { 0, 0, 0 } } });
        Assert.Equal(0, Compute(logits, [2, 1, 2], [true, true, true], None, 0.5).Stats.Global);
        Assert.Equal(0, Compute(logits, [0, 0, 0], [true, true, true], Relevant, 0.5).Stats.Global);
        Assert.NotEqual(0, Compute(logits, [2, 1, 2], [true, true, true], Irrelevant, 0.5).Stats.Global);
    }

    [Fact]
    public void A_loss_over_nothing_is_zero_with_zero_gradient()
    {
        using var scope = NewDisposeScope();
        var logits = zeros(1, 3, 3, float64).requires_grad_();
        var (loss, stats) = Compute(logits, [0, 0, 0], [false, false, false], None, 0.5);
        loss.backward();
        Assert.Equal(0, stats.Total);
        Assert.All(Golden.Values(logits.grad!), value => Assert.Equal(0, value));
    }

    [Fact]
    public void The_balance_mask_keeps_all_where_neither_label_is_three_times_the_other()
    {
        Assert.All(Keep(Irrelevant, Relevant, Relevant, Relevant, Irrelevant, None, None), Assert.True);
        Assert.All(Keep(Relevant, Relevant, Relevant, Relevant, None), Assert.True);
        Assert.All(Keep(Irrelevant, Irrelevant, Irrelevant, Irrelevant, Irrelevant), Assert.True);
    }

    [Fact]
    public void The_balance_mask_thins_the_frequent_label_to_three_times_the_rare_one()
    {
        Category[] row = [.. Enumerable.Repeat(Relevant, 20_000), .. Enumerable.Repeat(Irrelevant, 1_000), .. Enumerable.Repeat(None, 500)];
        var kept = Keep(row);
        Assert.Equal(3_000, kept[..20_000].Count(keep => keep), 250.0);
        Assert.All(kept[20_000..], Assert.True);
    }

    [Fact]
    public void The_balance_mask_of_a_response_depends_on_its_name_and_seed_alone()
    {
        Category[] row = [.. Enumerable.Repeat(Relevant, 60), Irrelevant];
        var first = BalanceMask.Keep(5, ["a", "b"], [row, row]);
        var swapped = BalanceMask.Keep(5, ["b", "a"], [row, row]);
        Assert.Equal(first[0], swapped[1]);
        Assert.NotEqual(first[0], first[1]);
        Assert.NotEqual(first[0], BalanceMask.Keep(6, ["a", "b"], [row, row])[0]);
    }

    [Fact]
    public void The_balance_mask_never_drops_tokens_of_no_word()
    {
        Gen.Enum<Category>().Array[1, 60].Sample(row =>
        {
            var kept = Keep(row);
            Assert.All(row.Zip(kept), of => Assert.True(of.First != None || of.Second));
        });
    }

    private static bool[] Keep(params Category[] row) => BalanceMask.Keep(3, ["window"], [row])[0];

    private static (Tensor Loss, TokenRewardLossStats Stats) Compute(Tensor logits, long[] labels, bool[] keep, Category whole, double localWeight) =>
        TokenRewardLoss.Compute(
            logits,
            tensor(labels).unsqueeze(0),
            tensor(keep).unsqueeze(0),
            ones(1, labels.Length, ScalarType.Bool),
            [whole],
            localWeight);
}
