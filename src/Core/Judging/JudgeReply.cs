using Tppo.Core.Judging.Reading;
using Tppo.Core.Text;

namespace Tppo.Core.Judging;

/// <summary>What came of asking a judge once.</summary>
/// <param name="Completion">Its raw answer, to be kept as a fact.</param>
/// <param name="Reading">What can be used of it, or why nothing can.</param>
public sealed record JudgeReply(Completion Completion, JudgeReading Reading)
{
    /// <summary>What it took, tries that came to nothing included.</summary>
    public JudgeUsage Usage { get; init; }

    /// <summary>From asking to the whole answer; zero for a judge in this process.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>How many of the history's oldest events it was not shown, so that the rest fitted.</summary>
    public int Dropped { get; init; }

    /// <summary>An answer of a judge in this process.</summary>
    public static JudgeReply Embedded(IReadOnlyList<Word> words, IReadOnlyList<Category> categories, Category whole)
    {
        var completion = new Completion(EmbeddedAnswer.Write(words, categories, whole));
        return new JudgeReply(completion, AnswerReader.Read(completion, words));
    }
}
