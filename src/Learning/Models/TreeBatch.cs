using Tppo.Learning.Native;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

// P prompts, T prompt tokens, U segment tokens of all responses of a prompt, N response tokens, M = N and padding.

/// <summary>
/// Prompts and several responses of each, in one row a prompt: a response's tokens see the prompt and their own past, and
/// nothing of the other responses. The prompt is computed once for all of them (2.1 × faster at four responses).
/// </summary>
/// <remarks>
/// Each response stands in the row as &lt;r&gt; and its tokens, one response behind the other without gaps; positions go on from
/// the prompt's own length for each. Padding lies at the right of prompts and of rows and is seen by no real token.
/// Reads stand in the order prompt, response, token, flat over the batch, and what pads them stands behind.
/// </remarks>
public sealed class TreeBatch : IDisposable
{
    private TreeBatch(int prompts, int promptTokens, int segmentTokens, int length)
    {
        (Prompts, PromptTokens, SegmentTokens, Length) = (prompts, promptTokens, segmentTokens, length);
    }

    /// <summary>Rows P.</summary>
    public int Prompts { get; }

    /// <summary>Padded prompt length T.</summary>
    public int PromptTokens { get; }

    /// <summary>Padded length U of a row's responses together.</summary>
    public int SegmentTokens { get; }

    /// <summary>One more than the highest position.</summary>
    public int Length { get; }

    /// <summary>Tokens that were asked for, padding left out: prompts, &lt;r&gt; and responses.</summary>
    public long RealTokens { get; private init; }

    /// <summary>int64, the padding token where padded.</summary>
    public required Tensor Prompt_PT { get; init; }

    /// <summary>int64, the padding token where padded.</summary>
    public required Tensor Segments_PU { get; init; }

    /// <summary>int64: each segment token's position.</summary>
    public required Tensor Positions_PU { get; init; }

    /// <summary>float32, 0 where a segment token may look at (prompt tokens, then segment tokens) and −∞ elsewhere: [P, 1, U, T + U].</summary>
    public required Tensor Bias_P1US { get; init; }

    /// <summary>The same for layers with a window; null where none of the reader's sees less.</summary>
    public Tensor? WindowBias_P1US { get; init; }

    /// <summary>Response tokens N.</summary>
    public int Reads { get; private init; }

    /// <summary>int64, flat over (P, U): where each response token is read; 0 where padded.</summary>
    public required Tensor Reads_M { get; init; }

    /// <summary>int64: the response tokens' ids; −100 where padded.</summary>
    public required Tensor Targets_M { get; init; }

    /// <summary>A batch of prompts and their responses.</summary>
    /// <param name="reader">The decoder that will read them, or one of its kind.</param>
    /// <param name="prompts">Prompts, without &lt;r&gt;.</param>
    /// <param name="responses">Responses of each prompt.</param>
    /// <param name="read">Where they are read.</param>
    /// <exception cref="ArgumentException">No prompt, unequal counts, or a response without tokens.</exception>
    public static TreeBatch Build(Decoder reader, IReadOnlyList<int[]> prompts, IReadOnlyList<IReadOnlyList<int[]>> responses, TreeRead read)
    {
        ArgumentOutOfRangeException.ThrowIfZero(prompts.Count, nameof(prompts));
        if (prompts.Count != responses.Count) throw new ArgumentException($"{prompts.Count} prompts, but responses of {responses.Count}", nameof(responses));

        var plan = Plan.Of(prompts, responses, read);
        var (p, t, u) = (prompts.Count, plan.PromptTokens, plan.SegmentTokens);
        var promptIds = new long[p * t];
        var ids = new long[p * u];
        Array.Fill(promptIds, reader.Specials.Pad);
        Array.Fill(ids, reader.Specials.Pad);
        var positions = new long[p * u];
        var form = reader.Kind.Form;
        var sights = new List<TreeSight> { new(p, t, u, plan.Length) };
        if (form.IsWindowed(form.WindowedFrom, plan.Length)) sights.Add(new TreeSight(p, t, u, form.Window));
        var reads = new long[plan.Reads];
        var targets = new long[plan.Reads];
        var n = 0;
        for (var row = 0; row < p; row++)
        {
            var prompt = prompts[row];
            for (var i = 0; i < prompt.Length; i++) promptIds[(row * t) + i] = prompt[i];
            var at = 0;
            foreach (var response in responses[row])
            {
                var length = response.Length + plan.Extra;
                for (var i = 0; i < length; i++)
                {
                    var flat = (row * u) + at + i;
                    ids[flat] = i == 0 ? reader.Specials.Response : response[i - 1];
                    positions[flat] = prompt.Length + i;
                    foreach (var sight in sights) sight.See(flat, prompt.Length, at, i);
                }

                for (var i = 0; i < response.Length; i++)
                {
                    reads[n] = (row * u) + at + i + plan.Extra;
                    targets[n++] = response[i];
                }

                at += length;
            }

            for (; at < u; at++) sights.ForEach(sight => sight.SeeItself((row * u) + at, at));
        }

        (reads, targets) = ShapeSteps.PadReads(reads, targets);
        return new TreeBatch(p, t, u, plan.Length)
        {
            Reads = n,
            RealTokens = plan.RealTokens,
            Prompt_PT = reader.Device.Int64s(promptIds, p, t),
            Segments_PU = reader.Device.Int64s(ids, p, u),
            Positions_PU = reader.Device.Int64s(positions, p, u),
            Bias_P1US = reader.Device.Float32s(sights[0].Bias, p, 1, u, t + u),
            WindowBias_P1US = sights.Count == 1 ? null : reader.Device.Float32s(sights[1].Bias, p, 1, u, t + u),
            Reads_M = reader.Device.Int64s(reads),
            Targets_M = reader.Device.Int64s(targets),
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tensor in (Tensor?[])[Prompt_PT, Segments_PU, Positions_PU, Bias_P1US, WindowBias_P1US, Reads_M, Targets_M]) tensor?.Dispose();
    }

    // Extra is 1 where a response is read at its own tokens: then its last token must be fed too.
    private sealed record Plan(int PromptTokens, int SegmentTokens, int Length, int Reads, int Extra, long RealTokens)
    {
        internal static Plan Of(IReadOnlyList<int[]> prompts, IReadOnlyList<IReadOnlyList<int[]>> responses, TreeRead read)
        {
            var extra = read == TreeRead.Own ? 1 : 0;
            var (promptMax, segmentMax, length, reads, real) = (1, 1, 1, 0, 0L);
            for (var row = 0; row < prompts.Count; row++)
            {
                promptMax = Math.Max(promptMax, prompts[row].Length);
                real += prompts[row].Length;
                var segment = 0;
                foreach (var response in responses[row])
                {
                    if (response.Length == 0) throw new ArgumentException("a response has no tokens; drop it and count it before training", nameof(responses));
                    segment += response.Length + extra;
                    reads += response.Length;
                    length = Math.Max(length, prompts[row].Length + response.Length + extra);
                }

                segmentMax = Math.Max(segmentMax, segment);
                real += segment;
            }

            return new Plan(ShapeSteps.PadTokens(promptMax), ShapeSteps.PadTokens(segmentMax), length, reads, extra, real);
        }
    }
}
