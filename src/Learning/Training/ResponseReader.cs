using Tppo.Learning.Models;
using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Training;

/// <summary>Runs a decoder over many prompts with their responses, without gradients, in chunks of prompts of like length.</summary>
internal static class ResponseReader
{
    private const int ChunkPrompts = 32;

    /// <summary>What <paramref name="read"/> makes of each chunk, [tokens, width] or [tokens], cut into each response's own numbers.</summary>
    internal static float[][][] Read(
        Decoder reader, IReadOnlyList<int[]> prompts, IReadOnlyList<IReadOnlyList<int[]>> responses, TreeRead at, int width, Func<TreeBatch, Tensor> read)
    {
        if (prompts.Count != responses.Count) throw new ArgumentException($"{prompts.Count} prompts, but responses of {responses.Count}", nameof(responses));
        var results = new float[prompts.Count][][];
        var order = Enumerable.Range(0, prompts.Count).OrderBy(i => prompts[i].Length).ToArray();
        foreach (var chunk in order.Chunk(ChunkPrompts))
        {
            using var scope = NewDisposeScope();
            using var noGradients = no_grad();
            using var batch = TreeBatch.Build(reader, [.. chunk.Select(i => prompts[i])], [.. chunk.Select(i => responses[i])], at);
            var numbers = read(batch).ToFloats();
            var from = 0;
            foreach (var i in chunk)
            {
                results[i] = new float[responses[i].Count][];
                for (var j = 0; j < results[i].Length; j++)
                {
                    var length = responses[i][j].Length * width;
                    results[i][j] = numbers[from..(from + length)];
                    from += length;
                }
            }
        }

        return results;
    }
}
