using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Text;

namespace Tppo.Facts.Judgements;

/// <summary>Reads what stands on the log as it was read when it came.</summary>
public static class Readings
{
    /// <summary>What can be used of an answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="words">The words of the response.</param>
    /// <param name="form">What it was to hold.</param>
    public static JudgeReading Of(StandingAnswer answer, IReadOnlyList<Word> words, AnswerForm form) => answer.Reading is { } read ? read
        : answer.Reason is RejectReason.Error or RejectReason.ContextLength
            ? JudgeReading.Rejected(words.Count, answer.Reason, retry: false)
            : AnswerReader.Read(answer.Completion, words, form);
}
