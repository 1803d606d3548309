using Tppo.Core.Judging;
using Tppo.Core.Judging.Canaries;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Judgements;

/// <summary>How a run's canaries were answered, read off <c>judgements.v1</c>.</summary>
public static class CanaryLog
{
    /// <summary>How many were answered as they must be, and how many were not; what could not be used counts as neither.</summary>
    public static (int Passed, int Failed) Count(IEventLog log, RunSettings settings)
    {
        var form = JudgeTemplate.Of(settings.Judge.Template).Form;
        var (passed, failed) = (0, 0);
        foreach (var record in new TopicTail(log, Topics.Judgements).Read().Where(r => r.Header(HeaderNames.Purpose) == Purposes.Canary))
        {
            var fact = JudgementFact.FromJson(record.Value.Span);
            if (Canary.NumberOf(fact.Rollout) is not { } number) continue;
            var canary = Canary.Of(settings.Seed, number);
            var isPassed = canary.IsPassedBy(AnswerReader.Read(fact.Completion, Words.Split(canary.Input.Response), form));
            if (isPassed == true) passed++;
            else if (isPassed == false) failed++;
        }

        return (passed, failed);
    }
}
