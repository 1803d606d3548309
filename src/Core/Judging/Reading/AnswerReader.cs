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
    /// <param name="completion">What came back.</param>
    /// <param name="words">The words of the response that was to be judged.</param>
    /// <param name="form">What the answer was to hold. A vote reads as a whole: relevant for A, irrelevant for B, none for a tie.</param>
    public static JudgeReading Read(Completion completion, IReadOnlyList<Word> words, AnswerForm form = AnswerForm.WordsAndWhole)
    {
        if (!string.IsNullOrEmpty(completion.Refusal)) return JudgeReading.Rejected(words.Count, RejectReason.Refusal, retry: false);
        if (string.IsNullOrWhiteSpace(completion.Content)) return JudgeReading.Rejected(words.Count, RejectReason.Empty, retry: true);
        if (form == AnswerForm.Vote) return Vote(completion, words);

        // Of a response without words, the whole is all that can be judged.
        if (words.All(w => ScoredWords.Identity(w.Text).Length == 0)) form = AnswerForm.WholeOnly;
        var sections = AnswerSections.Find(completion.Content, form);
        if (form == AnswerForm.WholeOnly ? sections.Whole is null : sections.Words is null)
        {
            var cut = sections.IsCut || completion.FinishReason == "length";
            return JudgeReading.Rejected(words.Count, cut ? RejectReason.Truncated : RejectReason.NoJson, retry: true);
        }

        return form == AnswerForm.WholeOnly ? Whole(sections, words) : Words(sections, words);
    }

    private static JudgeReading Vote(Completion completion, IReadOnlyList<Word> words) => VoteReader.Read(completion) switch
    {
        "A" => JudgeReading.Given(new Category[words.Count], Category.Relevant),
        "B" => JudgeReading.Given(new Category[words.Count], Category.Irrelevant),
        "tie" => JudgeReading.Given(new Category[words.Count], Category.None),
        _ => JudgeReading.Rejected(words.Count, completion.FinishReason == "length" ? RejectReason.Truncated : RejectReason.NoJson, retry: true),
    };

    private static JudgeReading Whole(AnswerSections sections, IReadOnlyList<Word> words)
    {
        var whole = Score.Of(sections.Whole);
        return whole == Category.None
            ? JudgeReading.Rejected(words.Count, RejectReason.Coverage, retry: true)
            : JudgeReading.Given(new Category[words.Count], whole) with { Repaired = sections.IsRepaired };
    }

    private static JudgeReading Words(AnswerSections sections, IReadOnlyList<Word> words)
    {
        var scored = new ScoredWords(words, sections.Words!);
        if (scored.Coverage < CoverageLeast) return JudgeReading.Rejected(words.Count, RejectReason.Coverage, retry: true);
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
