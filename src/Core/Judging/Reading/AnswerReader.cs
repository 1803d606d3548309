using Tppo.Core.Text;

namespace Tppo.Core.Judging.Reading;

/// <summary>
/// Reads what a language model answered as a judge. It accepts what people have seen models write (fences, prose around, broken or
/// missing tags, flattened scores, a trailing comma) and makes nothing up: a word without a usable score is masked, and where too many
/// are, all is rejected.
/// </summary>
public static class AnswerReader
{
    // Of the distinct words of a response, how many need a usable score.
    private const double CoverageLeast = 0.8;

    /// <summary>Reads a completion against the words of a response.</summary>
    public static JudgeReading Read(Completion completion, IReadOnlyList<Word> words)
    {
        if (!string.IsNullOrEmpty(completion.Refusal)) return JudgeReading.Rejected(RejectReason.Refusal, retry: false);
        if (string.IsNullOrWhiteSpace(completion.Content)) return JudgeReading.Rejected(RejectReason.Empty, retry: true);
        var sections = AnswerSections.Find(completion.Content);
        if (sections.Words is not { } entries)
            return JudgeReading.Rejected(sections.IsCut || completion.FinishReason == "length" ? RejectReason.Truncated : RejectReason.NoJson, retry: true);
        var scored = new ScoredWords(words, entries);
        if (scored.Coverage < CoverageLeast) return JudgeReading.Rejected(RejectReason.Coverage, retry: true);
        var whole = Score.Of(sections.Whole);
        var isWhole = scored.IsComplete && whole != Category.None;
        return new JudgeReading(isWhole ? ReadingOutcome.Ok : ReadingOutcome.Partial, scored.Categories, whole, RejectReason.None, Retry: false)
        {
            Repaired = sections.IsRepaired,
            Missing = scored.Missing,
            Conflicts = scored.Conflicts,
            BadScores = scored.BadScores,
            Ignored = scored.Ignored,
        };
    }
}
