namespace Tppo.Learning.Tokenizing;

/// <summary>What tokenizers' splitting rules tell apart: <c>\s</c>, <c>\p{L}</c>, <c>\p{N}</c> and the rest.</summary>
internal enum CodePointKind
{
    Space,
    Letter,
    Number,
    Other,
}
