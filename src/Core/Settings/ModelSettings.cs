using System.ComponentModel.DataAnnotations;

namespace Tppo.Core.Settings;

/// <summary>Shape of the decoder that policy, reward model and critic share. A run setting.</summary>
public sealed record ModelSettings
{
    /// <summary>Transformer blocks. Default 2.</summary>
    [Range(1, 128)] public int Layers { get; init; } = 2;

    /// <summary>Width of the residual stream, in floats. Default 128; a multiple of <see cref="Heads"/>.</summary>
    [Range(8, 16384)] public int Width { get; init; } = 128;

    /// <summary>Query heads. Default 4; a multiple of <see cref="KeyValueHeads"/>.</summary>
    [Range(1, 256)] public int Heads { get; init; } = 4;

    /// <summary>Key and value heads, each shared by Heads / KeyValueHeads query heads. Default 4.</summary>
    [Range(1, 256)] public int KeyValueHeads { get; init; } = 4;

    /// <summary>Width of the SwiGLU layer, in floats. Default 384.</summary>
    [Range(8, 65536)] public int FeedForward { get; init; } = 384;

    /// <summary>Longest prompt, in tokens; whole events are cut from its left end to fit. Default 128.</summary>
    [Range(8, 32768)] public int PromptTokensMax { get; init; } = 128;

    /// <summary>Longest sampled response, in tokens, end token included. Default 32.</summary>
    [Range(2, 4096)] public int ResponseTokensMax { get; init; } = 32;

    /// <summary>Base of the rotary position embedding. Default 10,000.</summary>
    [Range(1.0, 1e9)] public double RopeTheta { get; init; } = 10_000;

    /// <summary>Added to the mean square inside RMSNorm. Default 1e-5.</summary>
    [Range(1e-12, 1e-2)] public double NormEpsilon { get; init; } = 1e-5;

    /// <summary>Standard deviation of the initial weights; output projections get it divided by √(2 · Layers). Default 0.05.</summary>
    [Range(1e-4, 1.0)] public double InitStd { get; init; } = 0.05;

    /// <summary>
    /// Entries of the byte-level BPE vocabulary: 256 bytes, 7 specials, the rest merges. Default 2,304: on the search world 0.87
    /// words a token.
    /// </summary>
    [Range(263, 1_000_000)] public int Vocabulary { get; init; } = 2304;
}
