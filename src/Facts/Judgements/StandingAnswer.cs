using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;

namespace Tppo.Facts.Judgements;

/// <summary>What a judge answered to a question last, as it stands on the log.</summary>
/// <param name="Judgement">Content hash of the question.</param>
/// <param name="Completion">The raw answer.</param>
/// <param name="AskedFor">The rollout for which it was asked first.</param>
public sealed record StandingAnswer(string Judgement, Completion Completion, string AskedFor)
{
    /// <summary>Why it is rejected; none where it is not.</summary>
    public RejectReason Reason { get; init; }

    /// <summary>Where rejected, whether asking again may help.</summary>
    public bool Retry { get; init; }

    /// <summary>What it took.</summary>
    public JudgeUsage Usage { get; init; }

    /// <summary>How often the same was asked before.</summary>
    public int Attempt { get; init; }

    /// <summary>What was read of it when it came; null where it was found on the log: it is read again (<see cref="Readings"/>).</summary>
    public JudgeReading? Reading { get; init; }

    /// <summary>Whether nothing more is to be asked.</summary>
    /// <param name="triesMax">How often a question is asked.</param>
    public bool IsFinal(int triesMax) => Reason == RejectReason.None || !Retry || Attempt + 1 >= triesMax;
}
