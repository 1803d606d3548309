namespace Tppo.Core.Judging;

/// <summary>
/// Scores every word of a response, and the response as a whole, against a history. A judge never makes a score up: what
/// it cannot tell is masked, and an answer that cannot be used is no score of 0.
/// </summary>
public interface IJudge
{
    /// <summary>Names the judge and all that its answers depend on; part of the content hash under which answers are kept.</summary>
    string Model { get; }

    /// <summary>Names what it was asked, by the hash of its template; part of the content hash.</summary>
    string Template { get; }

    /// <summary>What its answers hold.</summary>
    AnswerForm Form => AnswerForm.WordsAndWhole;

    /// <summary>How often one question is asked where answers cannot be used.</summary>
    int TriesMax => 1;

    /// <summary>Asks once. An answer that cannot be used is a reply too, with its reason.</summary>
    /// <param name="input">What it is asked about.</param>
    /// <param name="attempt">How often it was asked the same before: another attempt may draw another answer.</param>
    /// <param name="cancellation">Gives the call up.</param>
    /// <exception cref="UserException">It can answer nobody: the key is wrong, the model is not there.</exception>
    ValueTask<JudgeReply> AskAsync(JudgeInput input, int attempt, CancellationToken cancellation);
}
