using Tppo.Core.Settings;
using Tppo.Learning.Tokenizing;
using static TorchSharp.torch;

namespace Tppo.Learning.Models;

/// <summary>What decoders that work together have in common, whatever their heads and weights.</summary>
/// <param name="Settings">Their shape.</param>
/// <param name="Form">What their blocks are like.</param>
/// <param name="Tied">Whether logits go through the token embedding.</param>
/// <param name="Specials">Their special tokens.</param>
/// <param name="Device">Where they lie.</param>
internal sealed record DecoderKind(ModelSettings Settings, DecoderForm Form, bool Tied, SpecialTokens Specials, Device Device);
