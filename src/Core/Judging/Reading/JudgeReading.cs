namespace Tppo.Core.Judging.Reading;

/// <summary>What came of a completion.</summary>
public enum ReadingOutcome
{
    /// <summary>Every word and the whole have a score.</summary>
    Ok,

    /// <summary>Enough of them have one; the rest is masked.</summary>
    Partial,

    /// <summary>It cannot be used.</summary>
    Reject,
}

/// <summary>Why a completion cannot be used.</summary>
public enum RejectReason
{
    /// <summary>It can be.</summary>
    None,

    /// <summary>It ends in the middle.</summary>
    Truncated,

    /// <summary>Too few of the response's words have a usable score.</summary>
    Coverage,

    /// <summary>There is no JSON in it.</summary>
    NoJson,

    /// <summary>The model would not answer.</summary>
    Refusal,

    /// <summary>There is no text.</summary>
    Empty,

    /// <summary>It never came.</summary>
    Error,

    /// <summary>The question is longer than the model can read, its oldest events left out or not.</summary>
    ContextLength,
}

/// <summary>A completion, read against the words of the response that was to be judged. Never a score that the judge did not give.</summary>
/// <param name="Outcome">Whether it can be used.</param>
/// <param name="Words">Category of each word of the response, by position; masked is none. All none where rejected.</param>
/// <param name="Whole">Category of the whole; none where there is no usable score of it.</param>
/// <param name="Reason">Why it is rejected.</param>
/// <param name="Retry">Where rejected, whether asking again may help.</param>
public sealed record JudgeReading(ReadingOutcome Outcome, IReadOnlyList<Category> Words, Category Whole, RejectReason Reason, bool Retry)
{
    /// <summary>Whether something was read that is no JSON, as what it was meant to be.</summary>
    public bool Repaired { get; init; }

    /// <summary>Words of the response of which the judge says nothing, as first written.</summary>
    public IReadOnlyList<string> Missing { get; init; } = [];

    /// <summary>Words that the judge gave two scores, as first written.</summary>
    public IReadOnlyList<string> Conflicts { get; init; } = [];

    /// <summary>Words whose score is neither 0 nor 1, as first written.</summary>
    public IReadOnlyList<string> BadScores { get; init; } = [];

    /// <summary>What the judge scored that is no word of the response, as it wrote it, in ordinal order.</summary>
    public IReadOnlyList<string> Ignored { get; init; } = [];

    /// <summary>Share of the words that have a score; 1 where there are none.</summary>
    public double CoverageRatio => Words.Count == 0 ? 1 : Words.Count(w => w != Category.None) / (double)Words.Count;

    /// <summary>Nothing can be used.</summary>
    /// <param name="words">How many words the response has.</param>
    /// <param name="reason">Why.</param>
    /// <param name="retry">Whether asking again may help.</param>
    public static JudgeReading Rejected(int words, RejectReason reason, bool retry) =>
        new(ReadingOutcome.Reject, new Category[words], Category.None, reason, retry);

    /// <summary>Scores that are known otherwise.</summary>
    public static JudgeReading Given(IReadOnlyList<Category> words, Category whole) =>
        new(ReadingOutcome.Ok, words, whole, RejectReason.None, Retry: false);
}
