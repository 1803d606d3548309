namespace Tppo.Core.Judging;

/// <summary>
/// What a judge says of a word or of a whole response, and a reward model of a token. The numbers stand in Arrow batches, in the
/// reward model's head and in the paper.
/// </summary>
public enum Category : sbyte
{
    /// <summary>Of a token: it belongs to no word. Of a word or a response: nothing is known.</summary>
    None = 0,

    /// <summary>It does not fit the history.</summary>
    Irrelevant = 1,

    /// <summary>It fits the history.</summary>
    Relevant = 2,
}
