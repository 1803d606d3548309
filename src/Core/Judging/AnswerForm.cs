namespace Tppo.Core.Judging;

/// <summary>What an answer of a judge is to hold.</summary>
public enum AnswerForm
{
    /// <summary>A score of every word, and one of the whole.</summary>
    WordsAndWhole,

    /// <summary>A score of the whole alone.</summary>
    WholeOnly,

    /// <summary>Which of two responses is better.</summary>
    Vote,
}
