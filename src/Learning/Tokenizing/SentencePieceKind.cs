namespace Tppo.Learning.Tokenizing;

/// <summary>What a token of a SentencePiece model stands for, by the numbers of its file.</summary>
internal enum SentencePieceKind
{
    /// <summary>Its text.</summary>
    Normal = 1,

    /// <summary>What no other token stands for.</summary>
    Unknown = 2,

    /// <summary>No text: a start, an end.</summary>
    Control = 3,

    /// <summary>Its text, whatever stands around it.</summary>
    UserDefined = 4,

    /// <summary>Nothing any more.</summary>
    Unused = 5,

    /// <summary>One byte.</summary>
    Byte = 6,
}
