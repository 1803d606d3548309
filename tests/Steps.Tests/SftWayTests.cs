using Tppo.Core.Cuts;
using Tppo.Core.Progress;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.TestKit;

namespace Tppo.Steps.Tests;

/// <summary>A stop in the middle of supervised fine-tuning costs little, and changes nothing of what comes out.</summary>
public sealed class SftWayTests : IDisposable
{
    private static readonly Fold Everybody = new(0, 1, 0);
    private static readonly RunSettings Settings = new()
    {
        Model = new ModelSettings { Layers = 1, Width = 16, Heads = 2, KeyValueHeads = 1, FeedForward = 24, Vocabulary = 263 },
        Sft = new SftSettings { Windows = 160, PassesMax = 8, AllTokensBatch = 16, ResponseBatch = 16, WarmupSteps = 2 },
    };

    private readonly TestLog log = new();
    private readonly string root = Directory.CreateTempSubdirectory("tppo-way-").FullName;
    private readonly Cut cut;

    public SftWayTests()
    {
        log.AppendWindows(40);
        cut = new CutBuilder(Settings, new StepId("policy", 0)).Over(log.Log, log.All(Core.Log.Topics.Windows));
    }

    private string Way => Path.Combine(root, "on-the-way", "policy");

    public void Dispose()
    {
        log.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public void Who_was_stopped_goes_on_where_it_was_and_ends_with_the_same_checkpoint()
    {
        var unbroken = Take(Path.Combine(root, "unbroken"), _ => false).Made;
        Assert.Null(Take(root, stage => stage.Done == 5).Made);
        Assert.Single(Directory.GetDirectories(Way));
        var (made, first) = Take(root, _ => false);
        Assert.Equal(6, first);
        Assert.Equal(unbroken, made);
        Assert.False(Directory.Exists(Way));
    }

    [Fact]
    public void Who_was_killed_goes_on_from_what_was_left_in_the_last_minute()
    {
        var unbroken = Take(Path.Combine(root, "unbroken"), _ => false).Made;
        var clock = new ManualClock();
        Assert.Throws<InvalidOperationException>(() => Take(
            root,
            stage =>
            {
                // Twenty-five seconds a step: what stands after the third is left, and the death comes in the sixth.
                if (stage.OptimiserSteps > 0) clock.Move(TimeSpan.FromSeconds(25));
                return stage.Done == 5 ? throw new InvalidOperationException("killed") : false;
            },
            clock: clock));
        var (made, first) = Take(root, _ => false);
        Assert.Equal(4, first);
        Assert.Equal(unbroken, made);
    }

    [Theory]
    [InlineData("model.safetensors")]
    [InlineData("training/curve.jsonl")]
    [InlineData("training/policy_optimiser.safetensors")]
    public void What_was_left_and_is_damaged_is_not_gone_on_from(string file)
    {
        var unbroken = Take(Path.Combine(root, "unbroken"), _ => false).Made;
        Assert.Null(Take(root, stage => stage.Done == 5).Made);
        var path = Path.Combine(Directory.GetDirectories(Way)[0], file);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        var (made, first) = Take(root, _ => false);
        Assert.Equal(1, first);
        Assert.Equal(unbroken, made);
    }

    [Fact]
    public void What_another_cut_left_is_not_gone_on_from()
    {
        Assert.Null(Take(root, stage => stage.Done == 5).Made);
        using var other = new TestLog();
        other.AppendWindows(40, text: "other");
        var cutOfOther = new CutBuilder(Settings, new StepId("policy", 0)).Over(other.Log, other.All(Core.Log.Topics.Windows));
        Assert.Equal(1, Take(root, _ => false, other, cutOfOther).First);
    }

    // The checkpoint, null where it was stopped, and the first optimiser step that it took.
    private (string? Made, int First) Take(
        string checkpoints, Func<StageReport, bool> stopAt, TestLog? on = null, Cut? of = null, TimeProvider? clock = null)
    {
        using var stopping = new CancellationTokenSource();
        var first = 0;
        var stage = new Told(report =>
        {
            if (report.OptimiserSteps > 0 && first == 0) first = (int)report.Done;
            if (stopAt(report)) stopping.Cancel();
        });
        try
        {
            var context = new StepContext((on ?? log).Log, Settings, new ArtifactStore(checkpoints)) { Clock = clock ?? TimeProvider.System };
            return (SftStep.Take(context, of ?? cut, Everybody, stage, stopping.Token).Checkpoint, first);
        }
        catch (OperationCanceledException)
        {
            return (null, first);
        }
    }

    private sealed class Told(Action<StageReport> action) : IProgress<StageReport>
    {
        public void Report(StageReport value) => action(value);
    }
}
