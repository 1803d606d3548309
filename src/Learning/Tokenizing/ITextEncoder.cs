namespace Tppo.Learning.Tokenizing;

/// <summary>How one kind of tokenizer cuts texts. Safe to use from several threads.</summary>
internal interface ITextEncoder
{
    /// <summary>Bytes of each token, by id; none for tokens that stand for no text.</summary>
    IReadOnlyList<byte[]> Bytes { get; }

    /// <summary>How many spaces it puts before a text that nothing precedes: 0 or 1.</summary>
    int SpacesBefore { get; }

    /// <summary>Ids of a text, which is not empty.</summary>
    /// <param name="text">The text.</param>
    /// <param name="first">Whether nothing precedes it.</param>
    IReadOnlyList<int> Encode(string text, bool first);
}
