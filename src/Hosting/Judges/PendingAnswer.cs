using Tppo.Facts.Judgements;

namespace Tppo.Hosting.Judges;

/// <summary>A question that was put to a judge, and its answer when it stands on the log.</summary>
/// <param name="answer">The answer, where it stands already.</param>
public sealed class PendingAnswer(StandingAnswer? answer = null)
{
    /// <summary>The answer that counts; null until it stands.</summary>
    public StandingAnswer? Answer { get; internal set; } = answer;
}
