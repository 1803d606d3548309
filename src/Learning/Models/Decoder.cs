using TorchSharp.Modules;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Learning.Native;
using Tppo.Learning.Tokenizing;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Models;

// B rows, T tokens, P prompts, U segment tokens, N tokens that are read, M = N and padding, D width, V vocabulary, C outputs of the head.

/// <summary>
/// Llama-style decoder: RMSNorm before each half of a block, rotary positions, grouped-query attention, SwiGLU, logits through
/// the token embedding. No dropout anywhere, and so no modes. Trained whole, or by adapters on a backbone that is not.
/// </summary>
/// <remarks>
/// Its weights have the names and shapes of the transformers library's Llama (<see cref="DecoderNames"/>). Initial weights come
/// from the given random stream alone: normal with <see cref="ModelSettings.InitStd"/>, output projections divided by
/// √(2 · Layers), the head with 0.01, norms one.
/// </remarks>
public sealed class Decoder : IDisposable
{
    private const double HeadStd = 0.01;

    private readonly Backbone backbone;
    private readonly DecoderBlock[] blocks;
    private readonly LowRank[] adapters;
    private readonly Parameter? score_CD;
    private readonly Parameter? scoreBias_C;

    /// <summary>A decoder with fresh weights, on the CPU.</summary>
    /// <param name="settings">Its shape.</param>
    /// <param name="head">Its head.</param>
    /// <param name="random">Where the weights are drawn from.</param>
    /// <exception cref="ArgumentException">Heads do not divide the width, or key-value heads the heads, or a head's width is odd.</exception>
    public Decoder(ModelSettings settings, DecoderHead head, SeededRandom random)
        : this(new DecoderKind(settings, DecoderForm.Plain(settings), Tied: true, SpecialTokens.Own, CPU), head, random)
    {
    }

    /// <summary>A decoder of a kind; its weights are zeros where nothing is drawn, for who reads them afterwards.</summary>
    internal Decoder(DecoderKind kind, DecoderHead head, SeededRandom? random)
        : this(new Backbone(kind, new Weights(kind.Device, random)), [], head, random)
    {
    }

    /// <summary>A decoder on a backbone, with adapters and a head of its own. Owns all three.</summary>
    /// <param name="backbone">Its backbone, perhaps shared.</param>
    /// <param name="adapters">On some of its layers, at most one on each; none: the backbone itself is trained.</param>
    /// <param name="head">Its head.</param>
    /// <param name="random">Where the head's weights are drawn from; null: zeros.</param>
    internal Decoder(Backbone backbone, IReadOnlyList<LowRank> adapters, DecoderHead head, SeededRandom? random)
    {
        (this.backbone, this.adapters, Head) = (backbone, [.. adapters], head);
        var (settings, weights) = (Kind.Settings, new Weights(Kind.Device, random));
        var byLayer = adapters.ToDictionary(adapter => adapter.Module, StringComparer.Ordinal);
        blocks =
        [
            .. backbone.Blocks.Select((block, layer) => new DecoderBlock(
                settings, Kind.Form, block, name => byLayer.GetValueOrDefault($"model.layers.{layer}.{name}"))),
        ];
        if (head == DecoderHead.None) return;
        score_CD = weights.Normal(HeadStd, Outputs(head), settings.Width);
        scoreBias_C = weights.Zeros(Outputs(head));
    }

    /// <summary>The shape it was made with.</summary>
    public ModelSettings Settings => Kind.Settings;

    /// <summary>Its special tokens.</summary>
    public SpecialTokens Specials => Kind.Specials;

    /// <summary>Where its weights lie, and where whatever it reads must lie.</summary>
    public Device Device => Kind.Device;

    /// <summary>Its head.</summary>
    public DecoderHead Head { get; }

    /// <summary>Whether logits go through the token embedding; always, but for models read from elsewhere.</summary>
    public bool Tied => Kind.Tied;

    /// <summary>All that another decoder must share with it to take its weights.</summary>
    internal DecoderKind Kind => backbone.Kind;

    /// <summary>What it shares with others, or may.</summary>
    internal Backbone Backbone => backbone;

    /// <summary>Its adapters; none where the backbone itself is trained.</summary>
    internal IReadOnlyList<LowRank> Adapters => adapters;

    internal IReadOnlyList<DecoderBlock> Blocks => blocks;

    internal RotaryTable Rotary => backbone.Rotary;

    /// <summary>Normalised hidden states of whole rows, [B, T, D].</summary>
    public Tensor Hidden(RowBatch batch)
    {
        var table = Rotary.First(batch.Tokens);
        var x_BTD = Embed(batch.Ids_BT);
        for (var layer = 0; layer < blocks.Length; layer++)
        {
            var block = blocks[layer];
            var (query, key, value) = block.QueryKeyValue(x_BTD, batch.Rows, batch.Tokens, table);
            x_BTD = block.Finish(x_BTD, block.Attend(query, key, value, batch.Rows, batch.Tokens, CausalBias(layer, batch.Tokens)));
        }

        return Normalise(x_BTD);
    }

    /// <summary>Normalised hidden states where the batch is read, [M, D], in the order prompt, response, token, padding.</summary>
    /// <remarks>The last block computes keys and values only of the prompts' tokens: nobody reads what comes after.</remarks>
    public Tensor Hidden(TreeBatch batch)
    {
        var (p, t, u) = (batch.Prompts, batch.PromptTokens, batch.SegmentTokens);
        var promptTable = Rotary.First(Math.Max(t, batch.Length));
        promptTable = (promptTable.Cos.narrow(0, 0, t), promptTable.Sin.narrow(0, 0, t));
        var segmentTable = Rotary.At(batch.Positions_PU, batch.Length);
        var prompt_PTD = Embed(batch.Prompt_PT);
        var segment_PUD = Embed(batch.Segments_PU);
        for (var layer = 0; layer < blocks.Length; layer++)
        {
            var block = blocks[layer];
            var (query, key, value) = block.QueryKeyValue(segment_PUD, p, u, segmentTable);
            Tensor promptKey, promptValue;
            if (layer == blocks.Length - 1)
            {
                (promptKey, promptValue) = block.KeyValue(prompt_PTD, p, t, promptTable);
            }
            else
            {
                (var promptQuery, promptKey, promptValue) = block.QueryKeyValue(prompt_PTD, p, t, promptTable);
                prompt_PTD = block.Finish(prompt_PTD, block.Attend(promptQuery, promptKey, promptValue, p, t, CausalBias(layer, t)));
            }

            var bias_P1US = Kind.Form.IsWindowed(layer, batch.Length) ? batch.WindowBias_P1US! : batch.Bias_P1US;
            var mixed_PUD = block.Attend(query, cat([promptKey, key], 2), cat([promptValue, value], 2), p, u, bias_P1US);
            segment_PUD = block.Finish(segment_PUD, mixed_PUD);
        }

        return Normalise(segment_PUD.reshape(p * u, Settings.Width).index_select(0, batch.Reads_M));
    }

    /// <summary>Next-token logits [..., V] of hidden states [..., D].</summary>
    public Tensor Logits(Tensor hidden) => Product.Of(hidden, backbone.Untied_VD ?? backbone.Embedding_VD);

    /// <summary>The head's outputs [..., C] of hidden states [..., D].</summary>
    /// <exception cref="InvalidOperationException">The decoder has no head.</exception>
    public Tensor Scores(Tensor hidden)
    {
        if (score_CD is null) throw new InvalidOperationException("this decoder has no head");
        return F.linear(hidden, score_CD, scoreBias_C);
    }

    /// <summary>The head's outputs at every response token, [N, C].</summary>
    /// <exception cref="InvalidOperationException">The decoder has no head.</exception>
    public Tensor Scores(TreeBatch batch) => Scores(Hidden(batch)).narrow(0, 0, batch.Reads);

    /// <summary>log P(token | what precedes it) of every response token, [N]; the batch must be read <see cref="TreeRead.Predicting"/>.</summary>
    public Tensor LogProbs(TreeBatch batch) => LogProbs(Hidden(batch), batch.Targets_M, batch.Reads);

    /// <summary>log P(token | what precedes it) of every token but each row's first, [N], row by row.</summary>
    public Tensor LogProbs(RowBatch batch) =>
        LogProbs(Hidden(batch).reshape(-1, Settings.Width).index_select(0, batch.Reads_M), batch.Targets_M, batch.Reads);

    /// <summary>Takes the other's weights, all but the head's. Shapes must agree, and neither may have adapters.</summary>
    /// <exception cref="ArgumentException">The shapes differ, or one has adapters.</exception>
    public void CopyFrom(Decoder other)
    {
        if ((other.Settings with { InitStd = Settings.InitStd }) != Settings || other.Kind.Form != Kind.Form || other.Tied != Tied)
            throw new ArgumentException("the two decoders differ in shape", nameof(other));
        if (adapters.Length > 0 || other.adapters.Length > 0) throw new ArgumentException("weights with adapters are not copied apart", nameof(other));
        Copy(other.backbone.Named(), backbone.Named());
    }

    /// <summary>A decoder of its own with equal weights; where it has adapters, on the same backbone.</summary>
    public Decoder Clone()
    {
        var copy = adapters.Length > 0
            ? new Decoder(backbone.Share(), [.. adapters.Select(adapter => adapter.Clone())], Head, null)
            : new Decoder(Kind, Head, null);
        Copy(Named(), copy.Named());
        return copy;
    }

    /// <summary>A decoder without adapters that computes the same, but for rounding. No head.</summary>
    public Decoder Merged()
    {
        var merged = new Decoder(Kind, DecoderHead.None, null);
        Copy(backbone.Named(), merged.backbone.Named());
        using var scope = NewDisposeScope();
        using var noGradients = no_grad();
        for (var layer = 0; layer < blocks.Length; layer++) blocks[layer].MergeInto(merged.backbone.Blocks[layer]);
        return merged;
    }

    /// <summary>What is trained, in a fixed order: adapters and head, or without adapters all weights.</summary>
    internal IEnumerable<(string Name, Parameter Parameter)> Named()
    {
        if (adapters.Length == 0)
        {
            foreach (var named in backbone.Named()) yield return named;
        }

        foreach (var adapter in adapters)
        {
            yield return ($"{adapter.Module}.lora_A.weight", adapter.Down_RI);
            yield return ($"{adapter.Module}.lora_B.weight", adapter.Up_OR);
        }

        foreach (var named in NamedHead()) yield return named;
    }

    /// <summary>The head's weights.</summary>
    internal IEnumerable<(string Name, Parameter Parameter)> NamedHead()
    {
        if (score_CD is null || scoreBias_C is null) yield break;
        yield return ("score.weight", score_CD);
        yield return ("score.bias", scoreBias_C);
    }

    internal Tensor Embed(Tensor ids) => TorchOperators.Embedding(backbone.Embedding_VD, ids);

    internal Tensor Normalise(Tensor x) => DecoderBlock.Norm(x, backbone.Norm_D, Settings.NormEpsilon);

    /// <summary>float32, 0 where a token may look and −∞ elsewhere, [T, T]; null where it sees all before it.</summary>
    internal Tensor? CausalBias(int layer, int tokens)
    {
        if (!Kind.Form.IsWindowed(layer, tokens)) return null;
        var bias = new float[tokens * tokens];
        Array.Fill(bias, float.NegativeInfinity);
        for (var token = 0; token < tokens; token++)
        {
            var first = Math.Max(0, token + 1 - Kind.Form.Window);
            bias.AsSpan((token * tokens) + first, token + 1 - first).Clear();
        }

        return Device.Float32s(bias, tokens, tokens);
    }

    internal static int Outputs(DecoderHead head) => head switch { DecoderHead.Category => 3, DecoderHead.Value => 1, _ => 0 };

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var (_, weight) in NamedHead()) weight.Dispose();
        foreach (var adapter in adapters) adapter.Dispose();
        backbone.Dispose();
    }

    private Tensor LogProbs(Tensor hidden_MD, Tensor targets_M, int reads) =>
        -F.cross_entropy(Logits(hidden_MD), targets_M, ignore_index: ShapeSteps.IgnoredTarget, reduction: nn.Reduction.None).narrow(0, 0, reads);

    private static void Copy(IEnumerable<(string Name, Parameter Parameter)> from, IEnumerable<(string Name, Parameter Parameter)> to)
    {
        using var noGradients = no_grad();
        foreach (var ((_, source), (_, target)) in from.Zip(to)) target.copy_(source);
    }
}
