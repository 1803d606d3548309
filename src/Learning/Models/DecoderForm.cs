using Tppo.Core.Settings;

namespace Tppo.Learning.Models;

/// <summary>In what the blocks of a model from elsewhere may differ from those of one that is trained from nothing, which is a plain Llama.</summary>
/// <param name="HeadWidth">Width of a head, in floats; even.</param>
/// <param name="Biased">Whether queries, keys and values have a bias (Qwen 2).</param>
/// <param name="HeadNorms">Whether each head's queries and keys are normalised before they are turned (Qwen 3).</param>
/// <param name="Window">How many tokens a token of a windowed layer sees, itself among them (Mistral); 0: all before it.</param>
/// <param name="WindowedFrom">The first windowed layer.</param>
/// <param name="Rope">How its positions were stretched (Llama 3); null: not.</param>
internal sealed record DecoderForm(
    int HeadWidth, bool Biased = false, bool HeadNorms = false, int Window = 0, int WindowedFrom = 0, RopeStretch? Rope = null)
{
    /// <summary>That of a model from nothing.</summary>
    /// <exception cref="ArgumentException">The heads do not divide the width evenly.</exception>
    internal static DecoderForm Plain(ModelSettings settings) => settings.Width % settings.Heads == 0
        ? new DecoderForm(settings.Width / settings.Heads)
        : throw new ArgumentException($"the width {settings.Width} must be a multiple of the {settings.Heads} heads", nameof(settings));

    /// <summary>Whether a token of a layer sees less than all that precedes it, in a text of so many tokens.</summary>
    internal bool IsWindowed(int layer, int tokens) => Window > 0 && layer >= WindowedFrom && tokens > Window;
}
