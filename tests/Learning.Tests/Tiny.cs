using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Learning.Models;
using Tppo.Learning.Tokenizing;
using Tppo.Learning.Training;

namespace Tppo.Learning.Tests;

/// <summary>A model small enough to train in a blink, and data for it.</summary>
internal static class Tiny
{
    internal const int FirstWordId = 7;

    internal static readonly ModelSettings Model = new()
    {
        Layers = 2,
        Width = 32,
        Heads = 4,
        KeyValueHeads = 2,
        FeedForward = 48,
        Vocabulary = 263,
        PromptTokensMax = 24,
        ResponseTokensMax = 10,
    };

    internal static Decoder Policy(long seed = 1, DecoderHead head = DecoderHead.None) => new(Model, head, SeededRandom.For("test", seed));

    internal static int[] Ids(SeededRandom random, int length, int kinds = 200) =>
        [.. Enumerable.Range(0, length).Select(_ => FirstWordId + random.NextInt(kinds))];

    internal static int[][] Prompts(int count, long seed = 2)
    {
        var random = SeededRandom.For("test-prompts", seed);
        return [.. Enumerable.Range(0, count).Select(_ => Ids(random, 1 + random.NextInt(20)))];
    }

    internal static int[][][] Responses(int prompts, int each, long seed = 3)
    {
        var random = SeededRandom.For("test-responses", seed);
        return [.. Enumerable.Range(0, prompts).Select(_ => Enumerable.Range(0, each).Select(_ => (int[])[.. Ids(random, random.NextInt(8)), 1]).ToArray())];
    }

    internal static UpdateBatch Batch(Decoder policy, int prompts, int each, long seed)
    {
        var promptIds = Prompts(prompts, seed);
        var responses = Responses(prompts, each, seed);
        var logProbs = ResponseLogProbs.Of(policy, promptIds, responses);
        return new UpdateBatch(
            [.. responses.Select((of, p) => (Trajectory[])[.. of.Select((ids, g) => new Trajectory(
                promptIds[p], ids, logProbs[p][g], [.. ids.Select(id => ((id % 3) - 1) / 4f)], [.. ids.Select(_ => true)]))])],
            seed);
    }

    /// <summary>Rollouts of one window in which every token but the end is a word of one letter.</summary>
    internal static RolloutRow[] Rows(int[] prompt, params int[][] responses) => [.. responses.Select((ids, sample) => new RolloutRow
    {
        RolloutId = $"{sample}",
        WindowId = "window",
        User = "user",
        Purpose = Purposes.Update,
        PolicyVersion = "policy",
        Sample = sample,
        Seed = 0,
        PromptIds = prompt,
        ResponseIds = ids,
        LogProbs = [.. ids.Select(_ => -1f)],
        ByteStarts = [.. ids.Select((_, t) => 2 * t)],
        ByteEnds = [.. ids.Select((id, t) => (2 * t) + (id == SpecialTokens.Own.End ? 0 : 2))],
        Response = string.Concat(ids.Where(id => id != SpecialTokens.Own.End).Select(_ => " x")),
        Finished = true,
    })];

    /// <summary>Logits after every token of one row, in the plainest way.</summary>
    internal static IReadOnlyList<float[]> PlainLogits(Decoder decoder, int[] ids) => NextTokens.Logits(decoder, ids);

    internal static double LogProb(float[] logits, int id, double temperature = 1)
    {
        var max = logits.Max() / temperature;
        return (logits[id] / temperature) - max - Math.Log(logits.Sum(logit => Math.Exp((logit / temperature) - max)));
    }

    internal static byte[] Bytes(Decoder decoder) => [.. decoder.Named().SelectMany(named => named.Parameter.bytes.ToArray())];
}
