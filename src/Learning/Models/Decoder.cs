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
/// the token embedding. No dropout anywhere, so a pass gives the same whatever mode the module is in.
/// </summary>
/// <remarks>
/// Its weights have the names and shapes of the transformers library's Llama (<see cref="DecoderNames"/>). Initial weights come
/// from the given random stream alone: normal with <see cref="ModelSettings.InitStd"/>, output projections divided by
/// √(2 · Layers), the head with 0.01, norms one.
/// </remarks>
public sealed class Decoder : nn.Module
{
    private const double HeadStd = 0.01;

    private readonly Parameter embedding_VD;
    private readonly ModuleList<DecoderBlock> blocks;
    private readonly Parameter norm_D;
    private readonly Parameter? untied_VD;
    private readonly Parameter? score_CD;
    private readonly Parameter? scoreBias_C;
    private readonly RotaryTable rotary;

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
        : base(nameof(Decoder))
    {
        var (settings, form, tied, _, device) = kind;
        if (form.HeadWidth % 2 != 0) throw new ArgumentException($"the width of a head, {form.HeadWidth}, must be even", nameof(kind));
        if (settings.Heads % settings.KeyValueHeads != 0)
        {
            throw new ArgumentException($"{settings.Heads} query heads must be a multiple of {settings.KeyValueHeads} key-value heads", nameof(kind));
        }

        (Kind, Head) = (kind, head);
        rotary = new RotaryTable(form.HeadWidth, settings.RopeTheta, form.Rope, device);
        var weights = new Weights(device, random);
        embedding_VD = weights.Normal(settings.InitStd, settings.Vocabulary, settings.Width);
        blocks = new ModuleList<DecoderBlock>([.. Enumerable.Range(0, settings.Layers).Select(_ => new DecoderBlock(settings, form, weights))]);
        norm_D = weights.Ones(settings.Width);
        if (!tied) untied_VD = weights.Normal(settings.InitStd, settings.Vocabulary, settings.Width);
        if (head != DecoderHead.None)
        {
            score_CD = weights.Normal(HeadStd, Outputs(head), settings.Width);
            scoreBias_C = weights.Zeros(Outputs(head));
        }

        RegisterComponents();
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
    internal DecoderKind Kind { get; }

    internal ModuleList<DecoderBlock> Blocks => blocks;

    internal RotaryTable Rotary => rotary;

    /// <summary>Normalised hidden states of whole rows, [B, T, D].</summary>
    public Tensor Hidden(RowBatch batch)
    {
        var table = rotary.First(batch.Tokens);
        var x_BTD = Embed(batch.Ids_BT);
        for (var layer = 0; layer < blocks.Count; layer++)
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
        var promptTable = rotary.First(Math.Max(t, batch.Length));
        promptTable = (promptTable.Cos.narrow(0, 0, t), promptTable.Sin.narrow(0, 0, t));
        var segmentTable = rotary.At(batch.Positions_PU, batch.Length);
        var prompt_PTD = Embed(batch.Prompt_PT);
        var segment_PUD = Embed(batch.Segments_PU);
        for (var layer = 0; layer < blocks.Count; layer++)
        {
            var block = blocks[layer];
            var (query, key, value) = block.QueryKeyValue(segment_PUD, p, u, segmentTable);
            Tensor promptKey, promptValue;
            if (layer == blocks.Count - 1)
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
    public Tensor Logits(Tensor hidden) => Product.Of(hidden, untied_VD ?? embedding_VD);

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

    /// <summary>Takes the other's weights, all but the head's. Shapes must agree.</summary>
    /// <exception cref="ArgumentException">The shapes differ.</exception>
    public void CopyFrom(Decoder other)
    {
        if ((other.Settings with { InitStd = Settings.InitStd }) != Settings || other.Kind.Form != Kind.Form || other.Tied != Tied)
        {
            throw new ArgumentException("the two decoders differ in shape", nameof(other));
        }

        using var noGradients = no_grad();
        foreach (var ((_, mine), (_, theirs)) in Backbone().Zip(other.Backbone())) mine.copy_(theirs);
    }

    /// <summary>A decoder of its own with equal weights.</summary>
    public Decoder Clone()
    {
        var copy = new Decoder(Kind, Head, null);
        using var noGradients = no_grad();
        foreach (var ((_, mine), (_, theirs)) in copy.Named().Zip(Named())) mine.copy_(theirs);
        return copy;
    }

    /// <summary>All parameters, as they are trained, in a fixed order.</summary>
    internal IEnumerable<(string Name, Parameter Parameter)> Named()
    {
        foreach (var named in Backbone()) yield return named;
        if (score_CD is null || scoreBias_C is null) yield break;
        yield return ("score.weight", score_CD);
        yield return ("score.bias", scoreBias_C);
    }

    internal Tensor Embed(Tensor ids) => TorchOperators.Embedding(embedding_VD, ids);

    internal Tensor Normalise(Tensor x) => DecoderBlock.Norm(x, norm_D, Settings.NormEpsilon);

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
    protected override void Dispose(bool disposing)
    {
        if (disposing) rotary.Dispose();
        base.Dispose(disposing);
    }

    private Tensor LogProbs(Tensor hidden_MD, Tensor targets_M, int reads) =>
        -F.cross_entropy(Logits(hidden_MD), targets_M, ignore_index: ShapeSteps.IgnoredTarget, reduction: nn.Reduction.None).narrow(0, 0, reads);

    private IEnumerable<(string Name, Parameter Parameter)> Backbone()
    {
        yield return ("model.embed_tokens.weight", embedding_VD);
        for (var layer = 0; layer < blocks.Count; layer++)
        {
            foreach (var named in blocks[layer].Named($"model.layers.{layer}.")) yield return named;
        }

        yield return ("model.norm.weight", norm_D);
        if (untied_VD is not null) yield return ("lm_head.weight", untied_VD);
    }
}
