using Tppo.Core.Judging;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;
using Tppo.Facts.Judgements;
using Tppo.Hosting.Instruments;

namespace Tppo.Hosting.Judges;

/// <summary>A response that is to be judged.</summary>
/// <param name="Row">The response.</param>
/// <param name="History">What it responds to.</param>
public readonly record struct Question(RolloutRow Row, IReadOnlyList<HistoryEvent> History);

/// <summary>
/// Has a judge answer questions, none of them twice: what stands on <c>judgements.v1</c> is read before it calls, and new answers
/// are appended, some hundreds at a time, before anybody is given one. Whoever dies in between buys again what was not appended
/// yet, and no more. For one thread.
/// </summary>
/// <param name="log">Where answers stand; whoever asks reads it on first.</param>
public sealed class JudgeDesk(JudgementLog log)
{
    private const int AnswersAnAppend = 256;

    /// <summary>The answers to some questions, in their order.</summary>
    /// <param name="judge">Whom to ask.</param>
    /// <param name="questions">The questions.</param>
    /// <param name="purpose">What they are asked for; one of <see cref="Purposes"/>.</param>
    /// <param name="cancellation">Stops between questions; what was answered by then stands.</param>
    public IReadOnlyList<StandingAnswer> Ask(IJudge judge, IReadOnlyList<Question> questions, string purpose, CancellationToken cancellation)
    {
        var answers = new List<StandingAnswer>(questions.Count);
        var given = new List<(RolloutRow Row, StandingAnswer Answer)>();
        var asked = new Dictionary<string, StandingAnswer>();
        try
        {
            foreach (var (row, history) in questions)
            {
                cancellation.ThrowIfCancellationRequested();
                var input = new JudgeInput(history, row.Response.Trim());
                var judgement = ContentHash.Of(judge, input);
                var answer = log.Find(judgement) ?? asked.GetValueOrDefault(judgement);
                if (answer is null)
                {
                    answer = asked[judgement] = new StandingAnswer(judgement, Call(judge, input, cancellation), row.RolloutId);
                    given.Add((row, answer));
                }
                else
                {
                    JudgeInstruments.JudgeCacheHits.Inc();
                }

                answers.Add(answer);
                if (given.Count == AnswersAnAppend) Append();
            }
        }
        finally
        {
            // Whatever happens, what was paid for is kept.
            Append();
        }

        return answers;

        void Append()
        {
            List<(RolloutRow, StandingAnswer)> batch = [.. given];
            given.Clear();
            log.Append(judge, batch, purpose);
        }
    }

    // Workers own their threads and are synchronous; the embedded judges answer at once.
    private static string Call(IJudge judge, JudgeInput input, CancellationToken cancellation)
    {
        var answer = judge.AskAsync(input, cancellation).AsTask().GetAwaiter().GetResult();
        JudgeInstruments.JudgeRequests.WithLabels("embedded", "ok").Inc();
        return answer;
    }
}
