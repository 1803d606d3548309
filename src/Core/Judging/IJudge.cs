namespace Tppo.Core.Judging;

/// <summary>
/// Scores every word of a response, and the response as a whole, against a history. A judge never makes a score up: what
/// it cannot tell is masked, and an answer that cannot be used is no score of 0.
/// </summary>
public interface IJudge
{
    /// <summary>Names the judge and all that its answers depend on; part of the content hash under which answers are kept.</summary>
    string Model { get; }

    /// <summary>Names what it was asked; part of the content hash.</summary>
    string Template { get; }

    /// <summary>The raw answer, to be kept as a fact and read by <see cref="JudgeAnswer.Read"/>.</summary>
    ValueTask<string> AskAsync(JudgeInput input, CancellationToken cancellation);
}
