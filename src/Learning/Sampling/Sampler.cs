using Tppo.Core.Numerics;
using Tppo.Learning.Models;
using Tppo.Learning.Native;
using Tppo.Learning.Tokenizing;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Sampling;

/// <summary>
/// Draws responses token by token, by inverse CDF: one uniform number a token, from the response's own stream. So what a
/// response draws depends on its own stream alone, whatever is sampled beside it.
/// </summary>
/// <remarks>
/// Prompts are read once for all their responses. Prompts are taken in order of length, in chunks of
/// <see cref="ChunkPrompts"/>; a prompt whose responses have all ended leaves the batch once half have.
/// Recorded log-probs are those of the distribution drawn from, at its temperature.
/// </remarks>
public static class Sampler
{
    /// <summary>Prompts that are read and continued together.</summary>
    public const int ChunkPrompts = 64;

    private const int KeptStep = 4;

    /// <summary>Samples responses.</summary>
    /// <param name="policy">The decoder to sample from.</param>
    /// <param name="prompts">Prompts without the response token, which is fed first.</param>
    /// <param name="samplesPerPrompt">Responses of each prompt.</param>
    /// <param name="tokensMax">Longest response in tokens, end token included.</param>
    /// <param name="random">The stream of a response, by index of its prompt and its number.</param>
    /// <param name="temperature">Logits are divided by it; 1 is the model's own distribution.</param>
    /// <returns>Responses in order of prompt, then number.</returns>
    public static Sample[] Sample(
        Decoder policy,
        IReadOnlyList<int[]> prompts,
        int samplesPerPrompt,
        int tokensMax,
        Func<int, int, SeededRandom> random,
        double temperature = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(samplesPerPrompt, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(tokensMax, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(temperature);
        var samples = new Sample[prompts.Count * samplesPerPrompt];
        var order = Enumerable.Range(0, prompts.Count).OrderBy(prompt => prompts[prompt].Length).ToArray();
        foreach (var chunk in order.Chunk(ChunkPrompts)) SampleChunk(chunk);
        return samples;

        void SampleChunk(int[] chunk)
        {
            using var inference = inference_mode();
            var rows = new Row[chunk.Length * samplesPerPrompt];
            for (var i = 0; i < rows.Length; i++)
            {
                var (prompt, number) = (chunk[i / samplesPerPrompt], i % samplesPerPrompt);
                rows[i] = new Row((prompt * samplesPerPrompt) + number, random(prompt, number), policy.Specials);
            }

            using var cache = new PromptCache(policy, [.. chunk.Select(prompt => prompts[prompt])], samplesPerPrompt, tokensMax);
            for (var step = 0; step < tokensMax && rows.Length > 0; step++)
            {
                Advance(policy, cache, rows, step, temperature);
                rows = Thin(cache, rows, samplesPerPrompt, step + 1 == tokensMax, samples);
            }
        }
    }

    private static void Advance(Decoder policy, PromptCache cache, Row[] rows, int step, double temperature)
    {
        using var scope = NewDisposeScope();
        var vocabulary = policy.Settings.Vocabulary;
        var current_B = policy.Device.Int64s([.. rows.Select(row => (long)row.Last)]);
        var logits_BV = cache.Step(current_B, step);
        if (temperature != 1) logits_BV = logits_BV.Over(temperature);
        var logProbs_BV = F.log_softmax(logits_BV, -1);
        var cumulative_BV = logProbs_BV.exp().cumsum(-1);
        var uniform_B1 = policy.Device.Float32s([.. rows.Select(row => row.Ended ? 0f : row.Random.NextSingle())], rows.Length, 1);
        // Scaled by the sum as rounded, so that the last token is reached and no draw falls past it.
        var drawn_B1 = searchsorted(cumulative_BV, uniform_B1 * cumulative_BV.narrow(1, vocabulary - 1, 1), right: true).AtMost(vocabulary - 1);
        var drawn = drawn_B1.ToLongs();
        var logProbs = logProbs_BV.gather(1, drawn_B1).ToFloats();
        for (var i = 0; i < rows.Length; i++)
        {
            if (!rows[i].Ended) rows[i].Add((int)drawn[i], logProbs[i]);
        }
    }

    private static Row[] Thin(PromptCache cache, Row[] rows, int samplesPerPrompt, bool last, Sample[] samples)
    {
        var groups = rows.Length / samplesPerPrompt;
        var alive = Enumerable.Range(0, groups).Where(group => rows.AsSpan(group * samplesPerPrompt, samplesPerPrompt).ContainsAnyAlive()).ToArray();
        if (!last && alive.Length * 2 > groups) return rows;
        var kept = last || alive.Length == 0 ? [] : Fill(alive, groups);
        var keptSet = kept.ToHashSet();
        for (var i = 0; i < rows.Length; i++)
        {
            if (!keptSet.Contains(i / samplesPerPrompt)) samples[rows[i].Index] = rows[i].ToSample();
        }

        if (kept.Length > 0) cache.Keep(kept);
        return [.. kept.SelectMany(group => rows.Skip(group * samplesPerPrompt).Take(samplesPerPrompt))];
    }

    // Some that have ended stay, so that few batch sizes occur and few products are compiled for them.
    private static int[] Fill(int[] alive, int groups)
    {
        var wanted = Math.Min(groups, (alive.Length + KeptStep - 1) / KeptStep * KeptStep);
        return [.. alive, .. Enumerable.Range(0, groups).Except(alive).Take(wanted - alive.Length)];
    }

    private static bool ContainsAnyAlive(this Span<Row> rows)
    {
        foreach (var row in rows)
        {
            if (!row.Ended) return true;
        }

        return false;
    }

    private sealed class Row(int index, SeededRandom random, SpecialTokens specials)
    {
        private readonly List<int> ids = [];
        private readonly List<float> logProbs = [];

        internal int Index => index;

        internal SeededRandom Random => random;

        internal bool Ended { get; private set; }

        internal int Last { get; private set; } = specials.Response;

        internal void Add(int id, float logProb)
        {
            ids.Add(id);
            logProbs.Add(logProb);
            Last = id;
            Ended = id == specials.End;
        }

        internal Sample ToSample() => new([.. ids], [.. logProbs], Ended);
    }
}
