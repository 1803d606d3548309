using Tppo.Core.Numerics;
using Tppo.Learning.Models;
using static TorchSharp.torch;

namespace Tppo.Learning.Tests.Models;

public class DecoderTests
{
    private const double Tolerance = 2e-5;

    [Fact]
    public void Tree_log_probs_are_those_of_each_row_alone()
    {
        using var policy = Tiny.Policy();
        var prompts = Tiny.Prompts(5);
        var responses = Tiny.Responses(5, 3);
        var tree = LogProbs(policy, prompts, responses);
        var plain = new List<double>();
        for (var p = 0; p < 5; p++)
        {
            foreach (var response in responses[p])
            {
                // The token at place t is predicted by the logits after the one before it; the first by those after <r>.
                var logits = Tiny.PlainLogits(policy, [.. prompts[p], 2, .. response]);
                plain.AddRange(response.Select((id, t) => Tiny.LogProb(logits[prompts[p].Length + t], id)));
            }
        }

        AssertAllClose(plain, tree);
    }

    [Fact]
    public void Log_probs_of_neighbouring_places_differ_so_that_an_off_by_one_would_be_seen()
    {
        using var policy = Tiny.Policy();
        int[] prompt = [10, 11, 12];
        int[] response = [20, 30, 40, 50];
        var right = LogProbs(policy, [prompt], [[response]]);
        var logits = Tiny.PlainLogits(policy, [.. prompt, 2, .. response]);
        var shifted = response.Select((id, t) => Tiny.LogProb(logits[prompt.Length + t + 1], id));
        Assert.All(right.Zip(shifted), pair => Assert.True(Math.Abs(pair.First - pair.Second) > 1e-3));
    }

    [Fact]
    public void A_reward_model_reads_each_token_at_its_own_place()
    {
        using var model = Tiny.Policy(head: DecoderHead.Category);
        int[] prompt = [10, 11, 12];
        int[] response = [20, 30, 1];
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        var tree = model.Scores(TreeBatch.Build(model, [prompt], [[response]], TreeRead.Own));
        var row = model.Scores(model.Hidden(RowBatch.Build(model, [[.. prompt, 2, .. response]]))).squeeze(0).narrow(0, prompt.Length + 1, response.Length);
        AssertAllClose(Golden.Values(row), Golden.Values(tree));
    }

    [Fact]
    public void Padding_never_changes_a_row()
    {
        using var policy = Tiny.Policy();
        var prompts = Tiny.Prompts(4);
        var responses = Tiny.Responses(4, 2);
        var together = LogProbs(policy, prompts, responses);
        var alone = prompts.SelectMany((prompt, p) => LogProbs(policy, [prompt], [responses[p]])).ToArray();
        AssertAllClose(alone, together);
        var withLong = LogProbs(policy, [prompts[0], Tiny.Ids(SeededRandom.For("long", 1), 24)], [responses[0], [Tiny.Ids(SeededRandom.For("long", 2), 10)]]);
        AssertAllClose(alone[..responses[0].Sum(response => response.Length)], withLong[..responses[0].Sum(response => response.Length)]);
    }

    [Fact]
    public void Log_probs_of_whole_rows_are_those_of_each_row_alone()
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        using var policy = Tiny.Policy();
        int[][] rows = [[10, 11, 12, 13], [20], [30, 31, 32, 33, 34, 35, 36, 37, 38, 39]];
        var together = Golden.Values(policy.LogProbs(RowBatch.Build(policy, rows)));
        var plain = rows.SelectMany(row => row.Skip(1).Zip(Tiny.PlainLogits(policy, row), (id, logits) => Tiny.LogProb(logits, id)));
        AssertAllClose(plain, together);
    }

    [Fact]
    public void A_response_does_not_see_its_siblings()
    {
        using var policy = Tiny.Policy();
        int[] prompt = [10, 11, 12];
        int[] response = [20, 30, 1];
        var first = LogProbs(policy, [prompt], [[response, [40, 41, 42, 43]]]);
        var second = LogProbs(policy, [prompt], [[response, [90, 91]]]);
        AssertAllClose(first[..3], second[..3]);
    }

    [Fact]
    public void A_prompt_without_tokens_is_read_as_the_response_token_alone()
    {
        using var policy = Tiny.Policy();
        int[] response = [20, 1];
        var logits = Tiny.PlainLogits(policy, [2, .. response]);
        var tree = LogProbs(policy, [[], [10, 11]], [[response], [response]]);
        AssertAllClose(response.Select((id, t) => Tiny.LogProb(logits[t], id)), tree[..2]);
    }

    [Fact]
    public void A_response_without_tokens_is_refused()
    {
        using var policy = Tiny.Policy();
        var error = Assert.Throws<ArgumentException>(() => TreeBatch.Build(policy, [[10]], [[[20, 1], []]], TreeRead.Predicting));
        Assert.Contains("no tokens", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Weights_come_from_the_seed_alone()
    {
        using var one = Tiny.Policy(1);
        using var same = Tiny.Policy(1);
        using var other = Tiny.Policy(2);
        Assert.Equal(Tiny.Bytes(one), Tiny.Bytes(same));
        Assert.NotEqual(Tiny.Bytes(one), Tiny.Bytes(other));
    }

    [Fact]
    public void Initial_weights_have_the_deviation_that_the_settings_say()
    {
        using var policy = new Decoder(Tiny.Model with { Vocabulary = 4000 }, DecoderHead.None, SeededRandom.For("test", 1));
        var embedding = Golden.Values(policy.Named().First().Parameter);
        Assert.InRange(Math.Sqrt(embedding.Average(x => x * x)), 0.0495, 0.0505);
        Assert.InRange(embedding.Average(), -0.001, 0.001);
    }

    [Fact]
    public void Copying_a_backbone_leaves_the_head_and_a_clone_is_apart()
    {
        using var policy = Tiny.Policy(1);
        using var critic = Tiny.Policy(2, DecoderHead.Value);
        var head = Golden.Values(critic.Named().First(named => named.Name == "score.weight").Parameter);
        critic.CopyFrom(policy);
        Assert.Equal(Tiny.Bytes(policy), Tiny.Bytes(critic)[..Tiny.Bytes(policy).Length]);
        Assert.Equal(head, Golden.Values(critic.Named().First(named => named.Name == "score.weight").Parameter));

        using var clone = critic.Clone();
        Assert.Equal(Tiny.Bytes(critic), Tiny.Bytes(clone));
        using (no_grad()) clone.Named().First().Parameter.add_(1);
        Assert.NotEqual(Tiny.Bytes(critic), Tiny.Bytes(clone));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Decoder(Tiny.Model with { Heads = 3 }, DecoderHead.None, SeededRandom.For("test", 1)));
        Assert.Throws<ArgumentException>(() => new Decoder(Tiny.Model with { KeyValueHeads = 3 }, DecoderHead.None, SeededRandom.For("test", 1)));
        using var policy = Tiny.Policy();
        using var wide = new Decoder(Tiny.Model with { Width = 64 }, DecoderHead.None, SeededRandom.For("test", 1));
        Assert.Throws<ArgumentException>(() => policy.CopyFrom(wide));
        Assert.Throws<InvalidOperationException>(() => policy.Scores(ones(1, 32)));
    }

    private static double[] LogProbs(Decoder policy, int[][] prompts, int[][][] responses)
    {
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        return Golden.Values(policy.LogProbs(TreeBatch.Build(policy, prompts, responses, TreeRead.Predicting)));
    }

    private static void AssertAllClose(IEnumerable<double> expected, IEnumerable<double> actual)
    {
        var (left, right) = (expected.ToArray(), actual.ToArray());
        Assert.Equal(left.Length, right.Length);
        Assert.All(left.Zip(right), pair => Assert.True(Math.Abs(pair.First - pair.Second) < Tolerance, $"{pair.First} against {pair.Second}"));
    }
}
