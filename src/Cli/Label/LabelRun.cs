using Tppo.Core.Judging;
using Tppo.Hosting.Judges;

namespace Tppo.Cli.Label;

/// <summary>Has a judge label responses, several at a time, and prints each in its turn; behind many of them, what came of all.</summary>
/// <param name="judge">The judge.</param>
/// <param name="parallel">How many are asked about at a time.</param>
internal sealed class LabelRun(OpenAiJudge judge, int parallel)
{
    /// <summary>Labels all; false where an answer was rejected.</summary>
    public bool All(IReadOnlyList<LabelItem> items, CancellationToken cancellation)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var asked = new Queue<Task<JudgeReply>>();
        var summary = new LabelSummary();
        try
        {
            var next = 0;
            foreach (var item in items)
            {
                while (next < items.Count && asked.Count < parallel) asked.Enqueue(AskAsync(items[next++].Input, giveUp.Token));
                var reply = asked.Dequeue().GetAwaiter().GetResult();
                LabelPrinter.Print(item, reply);
                summary.Add(reply);
            }
        }
        finally
        {
            giveUp.Cancel();
        }

        if (items.Count > 1) LabelPrinter.Print(summary);
        return summary.Rejected == 0;
    }

    private async Task<JudgeReply> AskAsync(JudgeInput input, CancellationToken cancellation)
    {
        var wasted = default(JudgeUsage);
        for (var attempt = 0; ; attempt++)
        {
            var reply = await judge.AskAsync(input, attempt, cancellation);
            if (!reply.Reading.Retry || attempt + 1 >= judge.TriesMax) return reply with { Usage = reply.Usage + wasted };
            wasted += reply.Usage;
        }
    }
}
