using System.Globalization;
using Tppo.Core.Models;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;
using Tppo.Learning.Checkpoints;
using Tppo.Learning.Models;
using Tppo.Learning.Prompts;
using Tppo.Learning.Sampling;
using Tppo.Learning.Tokenizing;

namespace Tppo.Steps;

/// <summary>Samples in this process. Use it in one's turn at torch.</summary>
/// <param name="policy">Who samples; not owned.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="runSeed">The run's seed.</param>
public sealed class LocalRolloutEngine(Decoder policy, Tokenizer tokenizer, long runSeed) : IRolloutEngine
{
    /// <summary>Samples from a policy as its checkpoint holds it.</summary>
    /// <param name="checkpointFolder">The checkpoint's folder.</param>
    /// <param name="runSeed">The run's seed.</param>
    /// <param name="request">What to sample.</param>
    public static RolloutRow[] Sample(string checkpointFolder, long runSeed, RolloutRequest request)
    {
        using var policy = ModelFolder.Read(checkpointFolder, DecoderHead.None);
        var tokenizer = Tokenizer.Load(Path.Combine(checkpointFolder, CheckpointFiles.Tokenizer));
        return new LocalRolloutEngine(policy, tokenizer, runSeed).Sample(request);
    }

    /// <inheritdoc/>
    public RolloutRow[] Sample(RolloutRequest request)
    {
        int[][] prompts = [.. request.Windows.Select(w => PromptBuilder.Prompt(w.History, tokenizer, policy.Settings.PromptTokensMax))];
        var drawn = Sampler.Sample(
            policy, prompts, request.Samples, policy.Settings.ResponseTokensMax,
            (w, s) => SeededRandom.For("rollout", SeedOf(request, request.Windows[w], request.FirstSample + s)), request.Temperature);
        return [.. drawn.Select((sample, i) => Row(request, i / request.Samples, prompts, request.FirstSample + (i % request.Samples), sample))];
    }

    private long SeedOf(RolloutRequest request, Window window, int sample) =>
        Digest.Seed(runSeed, request.Step.ToString(), window.Id, sample.ToString(CultureInfo.InvariantCulture));

    private RolloutRow Row(RolloutRequest request, int w, int[][] prompts, int sample, Sample drawn)
    {
        var window = request.Windows[w];
        var text = tokenizer.Response(drawn.Ids);
        return new RolloutRow
        {
            RolloutId = Digest.Sha256Hex(request.Step.ToString(), window.Id, sample.ToString(CultureInfo.InvariantCulture)),
            WindowId = window.Id,
            User = window.User,
            Purpose = request.Purpose,
            PolicyVersion = request.Policy.ToString(),
            Sample = sample,
            Seed = SeedOf(request, window, sample),
            PromptIds = prompts[w],
            ResponseIds = drawn.Ids,
            LogProbs = drawn.LogProbs,
            ByteStarts = text.ByteStarts,
            ByteEnds = text.ByteEnds,
            Response = text.Text,
            Finished = drawn.Finished,
        };
    }
}
