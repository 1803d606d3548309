
namespace Tppo.Learning.Models;

/// <summary>What a decoder puts out at a token, besides its next-token logits.</summary>
public enum DecoderHead
{
    /// <summary>Next-token logits only, through the token embedding.</summary>
    None,

    /// <summary>Logits of a token's three categories: the reward model.</summary>
    Category,

    /// <summary>One number: the critic.</summary>
    Value,
}
