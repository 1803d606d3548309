using System.Globalization;
using Tppo.Core.Numerics;
using Tppo.Learning.Native;
using Tppo.Learning.Sampling;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;

namespace Tppo.Learning.Tests.Sampling;

public class SamplerTests
{
    private const int TokensMax = 10;
    private const double Tolerance = 2e-5;

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.6)]
    [InlineData(1.7)]
    public void Recorded_log_probs_are_those_of_the_distribution_drawn_from(double temperature)
    {
        using var policy = Tiny.Policy();
        var prompts = Tiny.Prompts(7);
        var samples = Sampler.Sample(policy, prompts, 3, TokensMax, Stream, temperature);
        for (var i = 0; i < samples.Length; i++)
        {
            var prompt = prompts[i / 3];
            var logits = Tiny.PlainLogits(policy, [.. prompt, SpecialTokens.Own.Response, .. samples[i].Ids]);
            Assert.Equal(samples[i].Ids.Length, samples[i].LogProbs.Length);
            for (var t = 0; t < samples[i].Ids.Length; t++)
            {
                Assert.Equal(Tiny.LogProb(logits[prompt.Length + t], samples[i].Ids[t], temperature), samples[i].LogProbs[t], Tolerance);
            }
        }
    }

    [Fact]
    public void At_temperature_one_recorded_log_probs_are_those_that_training_computes()
    {
        using var policy = Tiny.Policy();
        var prompts = Tiny.Prompts(6);
        var samples = Sampler.Sample(policy, prompts, 2, TokensMax, Stream);
        int[][][] responses = [.. samples.Select(sample => sample.Ids).Chunk(2)];
        var computed = ResponseLogProbs.Of(policy, prompts, responses).SelectMany(of => of).SelectMany(row => row).ToArray();
        var recorded = samples.SelectMany(sample => sample.LogProbs).ToArray();
        Assert.Equal(recorded.Length, computed.Length);
        Assert.All(recorded.Zip(computed), pair => Assert.Equal(pair.First, pair.Second, Tolerance));
    }

    [Fact]
    public void A_response_depends_on_its_own_stream_and_not_on_its_company()
    {
        using var policy = Tiny.Policy();
        var prompts = Tiny.Prompts(70);
        var together = Sampler.Sample(policy, prompts, 2, TokensMax, Stream);
        for (var p = 0; p < prompts.Length; p += 9)
        {
            var alone = Sampler.Sample(policy, [prompts[p]], 2, TokensMax, (_, number) => Stream(p, number));
            Assert.Equal(together[2 * p].Ids, alone[0].Ids);
            Assert.Equal(together[(2 * p) + 1].Ids, alone[1].Ids);
        }
    }

    [Fact]
    public void The_same_streams_give_the_same_responses_and_others_others()
    {
        using var policy = Tiny.Policy();
        var prompts = Tiny.Prompts(5);
        var once = Sampler.Sample(policy, prompts, 2, TokensMax, Stream);
        var twice = Sampler.Sample(policy, prompts, 2, TokensMax, Stream);
        Assert.Equal(once.Select(sample => sample.Ids), twice.Select(sample => sample.Ids));
        Assert.Equal(once.Select(sample => sample.LogProbs), twice.Select(sample => sample.LogProbs));
        var other = Sampler.Sample(policy, prompts, 2, TokensMax, (p, number) => Stream(p + 100, number));
        Assert.NotEqual(once.Select(sample => sample.Ids), other.Select(sample => sample.Ids));
        Assert.NotEqual(once[0].Ids, once[1].Ids);
    }

    [Fact]
    public void A_response_ends_at_its_end_token_or_at_the_limit()
    {
        using var policy = Tiny.Policy();
        // 263 near-equal choices end a response of at most 200 tokens about every second time.
        var samples = Sampler.Sample(policy, Tiny.Prompts(12), 4, 200, Stream);
        Assert.Contains(samples, sample => sample.Finished);
        Assert.Contains(samples, sample => !sample.Finished);
        Assert.All(samples, sample =>
        {
            Assert.Equal(sample.Finished, sample.Ids[^1] == SpecialTokens.Own.End);
            Assert.DoesNotContain(SpecialTokens.Own.End, sample.Ids[..^1]);
            Assert.InRange(sample.Ids.Length, 1, 200);
            if (!sample.Finished) Assert.Equal(200, sample.Ids.Length);
        });
    }

    [Fact]
    public void A_low_temperature_takes_the_likeliest_token()
    {
        using var policy = Tiny.Policy();
        var prompts = Tiny.Prompts(4);
        var samples = Sampler.Sample(policy, prompts, 1, 3, Stream, 1e-4);
        for (var p = 0; p < prompts.Length; p++)
        {
            var logits = Tiny.PlainLogits(policy, [.. prompts[p], SpecialTokens.Own.Response]);
            Assert.Equal(Array.IndexOf(logits[^1], logits[^1].Max()), samples[p].Ids[0]);
        }
    }

    [Fact]
    public void Draws_follow_the_models_probabilities()
    {
        using var policy = Tiny.Policy();
        int[][] prompts = [[10, 20, 30]];
        const int Draws = 4000;
        var samples = Sampler.Sample(policy, prompts, Draws, 1, Stream);
        var logits = Tiny.PlainLogits(policy, [.. prompts[0], SpecialTokens.Own.Response])[^1];
        var low = samples.Count(sample => sample.Ids[0] < 100) / (double)Draws;
        var expected = Enumerable.Range(0, 100).Sum(id => Math.Exp(Tiny.LogProb(logits, id)));
        Assert.Equal(expected, low, 5 * Math.Sqrt(expected * (1 - expected) / Draws));
    }

    [Fact]
    public void Nothing_is_left_behind()
    {
        using var policy = Tiny.Policy();
        Sampler.Sample(policy, Tiny.Prompts(3), 2, TokensMax, Stream);
        var before = TorchRuntime.LiveTensors;
        Sampler.Sample(policy, Tiny.Prompts(9), 2, TokensMax, Stream);
        // Fewer where the collector has taken what another test left.
        Assert.InRange(TorchRuntime.LiveTensors, 0, before);
    }

    [Fact]
    public void No_prompt_gives_no_sample()
    {
        using var policy = Tiny.Policy();
        Assert.Empty(Sampler.Sample(policy, [], 2, TokensMax, Stream));
    }

    private static SeededRandom Stream(int prompt, int number) =>
        SeededRandom.For("test-sample", 5, prompt.ToString(CultureInfo.InvariantCulture), number.ToString(CultureInfo.InvariantCulture));
}
