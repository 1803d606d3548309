using System.Globalization;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Learning.Models;
using Tppo.Learning.Sampling;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Prompts;

/// <summary>Samples responses to windows, as rows of <c>rollouts.v1</c>. Ids and seeds come from what a row is for, never from when it was drawn.</summary>
/// <param name="policy">Who samples.</param>
/// <param name="tokenizer">Its tokenizer.</param>
/// <param name="model">Longest prompt and response.</param>
/// <param name="runSeed">The run's seed.</param>
public sealed class RolloutSampler(Decoder policy, Tokenizer tokenizer, ModelSettings model, long runSeed)
{
    /// <summary>Rows in order of window, then sample.</summary>
    /// <param name="windows">Windows to respond to, none twice.</param>
    /// <param name="samples">Responses a window.</param>
    /// <param name="step">The step that they are for; with window and sample number it decides id and seed.</param>
    /// <param name="purpose">label, update or evaluation.</param>
    /// <param name="policyVersion">Names the policy.</param>
    /// <param name="firstSample">Number of the first sample of each window.</param>
    /// <param name="temperature">Sampling temperature.</param>
    public RolloutRow[] Sample(
        IReadOnlyList<Window> windows, int samples, string step, string purpose, string policyVersion, int firstSample = 0, double temperature = 1)
    {
        int[][] prompts = [.. windows.Select(w => PromptBuilder.Prompt(w.History, tokenizer, model.PromptTokensMax))];
        var drawn = Sampler.Sample(
            policy, prompts, samples, model.ResponseTokensMax,
            (w, s) => SeededRandom.For("rollout", SeedOf(step, windows[w].Id, firstSample + s)), temperature);
        return [.. drawn.Select((sample, i) => Row(windows[i / samples], prompts[i / samples], firstSample + (i % samples), sample, step, purpose, policyVersion))];
    }

    private long SeedOf(string step, string window, int sample) =>
        Digest.Seed(runSeed, step, window, sample.ToString(CultureInfo.InvariantCulture));

    private RolloutRow Row(Window window, int[] prompt, int sample, Sample drawn, string step, string purpose, string policyVersion)
    {
        var text = ResponseText.Of([.. drawn.Ids.Select(id => (ReadOnlyMemory<byte>)tokenizer.Bytes(id).ToArray())]);
        return new RolloutRow
        {
            RolloutId = Digest.Sha256Hex(step, window.Id, sample.ToString(CultureInfo.InvariantCulture)),
            WindowId = window.Id,
            User = window.User,
            Purpose = purpose,
            PolicyVersion = policyVersion,
            Sample = sample,
            Seed = SeedOf(step, window.Id, sample),
            PromptIds = prompt,
            ResponseIds = drawn.Ids,
            LogProbs = drawn.LogProbs,
            ByteStarts = text.ByteStarts,
            ByteEnds = text.ByteEnds,
            Response = text.Text,
            Finished = drawn.Finished,
        };
    }
}
