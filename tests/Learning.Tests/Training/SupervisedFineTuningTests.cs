using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Sampling;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;

namespace Tppo.Learning.Tests.Training;

public class SupervisedFineTuningTests
{
    private static readonly SftSettings Settings = new()
    {
        Windows = 1600,
        PassesMax = 8,
        AllTokensBatch = 16,
        ResponseBatch = 16,
        WarmupSteps = 5,
        LearningRate = 1e-2,
        AllTokensShare = 0.5,
    };

    [Fact]
    public void It_learns_a_rule_and_the_policy_samples_by_it()
    {
        // A response is the prompt's last token, then the end.
        var texts = Texts(1000);
        var result = Run(texts, 1, Settings with { Windows = 8000 });
        using var policy = result.Policy;
        Assert.True(result.Curve[^1].Loss < 0.5, $"loss {result.Curve[^1].Loss}");
        var samples = Sampler.Sample(policy, [.. texts.Take(50).Select(text => text.Prompt)], 1, 10, (p, _) => SeededRandom.For("test", p));
        var right = samples.Zip(texts, (sample, text) => sample.Ids.SequenceEqual(text.Response)).Count(equal => equal);
        Assert.True(right >= 35, $"{right} of 50 are right");
    }

    [Fact]
    public void The_same_seed_gives_the_same_weights_and_another_others()
    {
        var texts = Texts(100);
        var settings = Settings with { Windows = 160 };
        using var one = Run(texts, 7, settings).Policy;
        using var same = Run(texts, 7, settings).Policy;
        using var other = Run(texts, 8, settings).Policy;
        Assert.Equal(Tiny.Bytes(one), Tiny.Bytes(same));
        Assert.NotEqual(Tiny.Bytes(one), Tiny.Bytes(other));
    }

    [Fact]
    public void Few_windows_are_gone_through_again_but_not_beyond_the_bound()
    {
        var settings = Settings with { AllTokensBatch = 1, ResponseBatch = 1, PassesMax = 3 };
        Assert.Equal(30, Run(Texts(10), 1, settings).Curve.Count);
        Assert.Equal(25, Run(Texts(10), 1, settings with { Windows = 25 }).Curve.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Run([], 1, settings));
    }

    [Fact]
    public void The_rate_rises_then_falls_to_its_final_share()
    {
        var curve = Run(Texts(320), 1, Settings with { Windows = 320, WarmupSteps = 4, LearningRate = 1e-3, FinalRateShare = 0.1 }).Curve;
        Assert.Equal(0.25e-3, curve[0].LearningRate, 1e-9);
        Assert.Equal(1e-3 * (0.1 + (0.9 * (1 - (10 / 20.0)))), curve[10].LearningRate, 1e-9);
        Assert.True(curve[^1].LearningRate < 0.2e-3);
    }

    [Fact]
    public void Progress_is_told_and_a_cancelled_session_stops()
    {
        using var cancellation = new CancellationTokenSource();
        var told = new List<TrainingProgress>();
        var progress = new Told(report =>
        {
            told.Add(report);
            if (told.Count == 3) cancellation.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() =>
            SupervisedFineTuning.Run(Tiny.Model, Settings, Texts(100), 1, progress, cancellation.Token));
        Assert.Equal([1, 2, 3], told.Select(report => report.Step));
        Assert.True(told[2].Tokens > told[1].Tokens);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(9)]
    public void A_session_that_goes_on_from_what_was_left_gives_the_same_bits(int stopAt)
    {
        var (texts, settings) = (Texts(100), Settings with { Windows = 160 });
        var unbroken = Run(texts, 7, settings);
        using var cancellation = new CancellationTokenSource();
        var stop = new Told(report =>
        {
            if (report.Step == stopAt) cancellation.Cancel();
        });
        var way = new Way();
        Assert.Throws<OperationCanceledException>(() => SupervisedFineTuning.Run(Tiny.Model, settings, texts, 7, stop, cancellation.Token, way));
        Assert.Equal(stopAt, way.Kept!.Curve.Count);
        var resumed = SupervisedFineTuning.Run(Tiny.Model, settings, texts, 7, null, TestContext.Current.CancellationToken, way);
        Assert.Equal(unbroken.Curve, resumed.Curve);
        Assert.Equal(Tiny.Bytes(unbroken.Policy), Tiny.Bytes(resumed.Policy));
        unbroken.Policy.Dispose();
        resumed.Policy.Dispose();
    }

    [Fact]
    public void Steps_leave_no_tensors_behind()
    {
        Run(Texts(50), 1, Settings with { Windows = 50 }).Policy.Dispose();
        var counts = new List<long>();
        var progress = new Told(_ => counts.Add(TorchRuntime.LiveTensors));
        SupervisedFineTuning.Run(Tiny.Model, Settings with { Windows = 320 }, Texts(320), 1, progress, TestContext.Current.CancellationToken).Policy.Dispose();
        Assert.Equal(20, counts.Count);
        // Within a phase the count does not grow; between the two, gradients and tables may differ.
        Assert.InRange(counts[9], 0, counts[2]);
        Assert.InRange(counts[19], 0, counts[12]);
    }

    private static SftResult Run(IReadOnlyList<TrainingText> texts, long seed, SftSettings settings) =>
        SupervisedFineTuning.Run(Tiny.Model, settings, texts, seed, null, TestContext.Current.CancellationToken);

    private static TrainingText[] Texts(int count)
    {
        var random = SeededRandom.For("test-texts", 1);
        return [.. Enumerable.Range(0, count).Select(i =>
        {
            var prompt = Tiny.Ids(random, 3, kinds: 12);
            return new TrainingText($"{i}", prompt, [prompt[^1], SpecialTokens.Own.End]);
        })];
    }

    private sealed class Told(Action<TrainingProgress> action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action(value);
    }

    // Keeps what a session that is stopping shows it.
    private sealed class Way : ISftWay
    {
        public SftLeft? Kept { get; private set; }

        public SftLeft? Left() => Kept;

        public void Between(Decoder policy, AdamW optimiser, IReadOnlyList<StepStats> curve, bool stopping)
        {
            if (stopping) Kept = new SftLeft(policy.Clone(), optimiser.State().ToDictionary(s => s.Key, s => s.Value.clone()), [.. curve]);
        }
    }
}
