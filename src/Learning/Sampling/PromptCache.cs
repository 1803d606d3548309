using Tppo.Learning.Models;
using Tppo.Learning.Native;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Sampling;

// P prompts, G responses of each, B = P · G rows, K key-value heads, Q query heads a key-value head, E head width,
// T prompt tokens, n response tokens at most.

/// <summary>Keys and values of a chunk of prompts, shared by their responses, and of the responses so far.</summary>
internal sealed class PromptCache : IDisposable
{
    private readonly Decoder decoder;
    private readonly int samples;
    private readonly int tokensMax;
    private readonly int promptTokens;
    private readonly int headWidth;
    private readonly Tensor[] promptKeys_PKET;
    private readonly Tensor[] promptValues_PKTE;
    private readonly Tensor[] keys_BKnE;
    private readonly Tensor[] values_BKnE;
    private Tensor padding_P11T;
    private Tensor lengths_B1;
    private int prompts;

    internal PromptCache(Decoder decoder, IReadOnlyList<int[]> promptIds, int samples, int tokensMax)
    {
        (this.decoder, this.samples, this.tokensMax, prompts) = (decoder, samples, tokensMax, promptIds.Count);
        headWidth = decoder.Kind.Form.HeadWidth;
        promptTokens = ShapeSteps.PadTokens(Math.Max(1, promptIds.Max(prompt => prompt.Length)));
        var layers = decoder.Settings.Layers;
        (promptKeys_PKET, promptValues_PKTE, keys_BKnE, values_BKnE) = (new Tensor[layers], new Tensor[layers], new Tensor[layers], new Tensor[layers]);

        var ids = new long[prompts * promptTokens];
        Array.Fill(ids, decoder.Specials.Pad);
        var bias = new float[prompts * promptTokens];
        var lengths = new long[prompts * samples];
        for (var p = 0; p < prompts; p++)
        {
            var length = promptIds[p].Length;
            for (var t = 0; t < length; t++) ids[(p * promptTokens) + t] = promptIds[p][t];
            bias.AsSpan((p * promptTokens) + length, promptTokens - length).Fill(float.NegativeInfinity);
            lengths.AsSpan(p * samples, samples).Fill(length);
        }

        using var scope = NewDisposeScope();
        padding_P11T = decoder.Device.Float32s(bias, prompts, 1, 1, promptTokens).DetachFromDisposeScope();
        lengths_B1 = decoder.Device.Int64s(lengths, prompts * samples, 1).DetachFromDisposeScope();
        ReadPrompts(decoder.Device.Int64s(ids, prompts, promptTokens));
    }

    /// <summary>Next-token logits [B, V] after feeding one token a row, the response's number <paramref name="step"/>.</summary>
    internal Tensor Step(Tensor current_B, int step)
    {
        var settings = decoder.Settings;
        var rows = prompts * samples;
        var table = decoder.Rotary.At(lengths_B1.Plus((long)step), promptTokens + tokensMax + 1);
        var x_B1D = decoder.Embed(current_B).unsqueeze(1);
        for (var layer = 0; layer < settings.Layers; layer++)
        {
            var block = decoder.Blocks[layer];
            var (query, key, value) = block.QueryKeyValue(x_B1D, rows, 1, table);
            keys_BKnE[layer].narrow(2, step, 1).copy_(key);
            values_BKnE[layer].narrow(2, step, 1).copy_(value);
            x_B1D = block.Finish(x_B1D, Attend(query, layer, step + 1).reshape(rows, 1, settings.Heads * headWidth));
        }

        return decoder.Logits(decoder.Normalise(x_B1D).squeeze(1));
    }

    /// <summary>Goes on with the given prompts only.</summary>
    internal void Keep(int[] kept)
    {
        using var scope = NewDisposeScope();
        var kept_P = decoder.Device.Int64s([.. kept.Select(p => (long)p)]);
        var rows_B = decoder.Device.Int64s([.. kept.SelectMany(p => Enumerable.Range(p * samples, samples)).Select(b => (long)b)]);
        for (var layer = 0; layer < promptKeys_PKET.Length; layer++)
        {
            Replace(ref promptKeys_PKET[layer], kept_P);
            Replace(ref promptValues_PKTE[layer], kept_P);
            Replace(ref keys_BKnE[layer], rows_B);
            Replace(ref values_BKnE[layer], rows_B);
        }

        Replace(ref padding_P11T, kept_P);
        Replace(ref lengths_B1, rows_B);
        prompts = kept.Length;
    }

    public void Dispose()
    {
        Tensor[] all = [.. promptKeys_PKET, .. promptValues_PKTE, .. keys_BKnE, .. values_BKnE, padding_P11T, lengths_B1];
        foreach (var tensor in all) tensor.Dispose();
    }

    private static void Replace(ref Tensor tensor, Tensor indices)
    {
        var old = tensor;
        tensor = old.index_select(0, indices).DetachFromDisposeScope();
        old.Dispose();
    }

    private void ReadPrompts(Tensor ids_PT)
    {
        var settings = decoder.Settings;
        var table = decoder.Rotary.First(promptTokens);
        var x_PTD = decoder.Embed(ids_PT);
        for (var layer = 0; layer < settings.Layers; layer++)
        {
            var block = decoder.Blocks[layer];
            Tensor key, value;
            if (layer == settings.Layers - 1)
            {
                (key, value) = block.KeyValue(x_PTD, prompts, promptTokens, table);
            }
            else
            {
                (var query, key, value) = block.QueryKeyValue(x_PTD, prompts, promptTokens, table);
                x_PTD = block.Finish(x_PTD, block.Attend(query, key, value, prompts, promptTokens, decoder.CausalBias(layer, promptTokens)));
            }

            promptKeys_PKET[layer] = key.transpose(-2, -1).contiguous().DetachFromDisposeScope();
            promptValues_PKTE[layer] = value.contiguous().DetachFromDisposeScope();
            long[] shape = [prompts * samples, settings.KeyValueHeads, tokensMax, headWidth];
            keys_BKnE[layer] = decoder.Device.Empty(float32, shape).DetachFromDisposeScope();
            values_BKnE[layer] = decoder.Device.Empty(float32, shape).DetachFromDisposeScope();
        }
    }

    // Written out, not by the library's attention: for one query a row it is slower, and it cannot share a prompt's keys.
    // Responses of a prompt, and the queries of one key head, stand beside each other as further queries.
    private Tensor Attend(Tensor query_BHTE, int layer, int length)
    {
        var (k, e, p, g, t) = (decoder.Settings.KeyValueHeads, headWidth, prompts, samples, promptTokens);
        var q = decoder.Settings.Heads / k;
        var (bias_P11T, from) = Sight(layer, length);
        length -= from;
        var scale = 1 / Math.Sqrt(e);
        var query_BKQE = query_BHTE.reshape(p * g, k, q, e).Times(scale);
        var shared_PKRE = query_BKQE.view(p, g, k, q, e).transpose(1, 2).reshape(p, k, g * q, e);
        var onPrompt_BKQT = shared_PKRE.matmul(promptKeys_PKET[layer]).Plus(bias_P11T).view(p, k, g, q, t).transpose(1, 2).reshape(p * g, k, q, t);
        var onOwn_BKQn = query_BKQE.matmul(keys_BKnE[layer].narrow(2, from, length).transpose(-2, -1));
        var weights = F.softmax(cat([onPrompt_BKQT, onOwn_BKQn], -1), -1);
        var promptWeights_PKRT = weights.narrow(-1, 0, t).reshape(p, g, k, q, t).transpose(1, 2).reshape(p, k, g * q, t);
        var fromPrompt_BKQE = promptWeights_PKRT.matmul(promptValues_PKTE[layer]).view(p, k, g, q, e).transpose(1, 2).reshape(p * g, k, q, e);
        return fromPrompt_BKQE.Plus(weights.narrow(-1, t, length).matmul(values_BKnE[layer].narrow(2, from, length)));
    }

    // What the newest of `length` response tokens sees of its prompt, and from which of its own on.
    private (Tensor Bias_P11T, int From) Sight(int layer, int length)
    {
        var form = decoder.Kind.Form;
        if (!form.IsWindowed(layer, promptTokens + length)) return (padding_P11T, 0);
        var hidden_P1 = lengths_B1.view(prompts, samples).narrow(1, 0, 1).Plus((long)(length - 1 - form.Window));
        var isHidden_PT = decoder.Device.Int64s([.. Enumerable.Range(0, promptTokens).Select(t => (long)t)]).le(hidden_P1);
        var bias_P11T = where(isHidden_PT.view(prompts, 1, 1, promptTokens), decoder.Device.Float32(float.NegativeInfinity), padding_P11T);
        return (bias_P11T, Math.Max(0, length - form.Window));
    }
}
