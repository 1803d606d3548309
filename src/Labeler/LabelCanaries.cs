using Tppo.Core.Judging;
using Tppo.Core.Judging.Canaries;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Facts.Judgements;
using Tppo.Hosting;
using Tppo.Hosting.Instruments;
using Tppo.Hosting.Judges;

namespace Tppo.Labeler;

/// <summary>Questions with known answers that go along with labels: what a judge makes of them is counted, and a wrong answer is told.</summary>
/// <param name="context">The run.</param>
/// <param name="desk">Through which they are asked.</param>
internal sealed class LabelCanaries(ServiceContext context, JudgeDesk desk)
{
    private readonly List<(Canary Canary, AnswerForm Form, PendingAnswer Pending)> asked = [];

    /// <summary>Asks one; nobody waits for it.</summary>
    public void Ask(IJudge judge, Canary canary) =>
        asked.Add((canary, judge.Form, desk.Ask(judge, new Question(canary.Name, null, canary.Input), Purposes.Canary)));

    /// <summary>Tells of those that were answered since.</summary>
    public void Tell()
    {
        foreach (var (canary, form, pending) in asked)
        {
            if (pending.Answer is not { } answer) continue;
            var passed = canary.IsPassedBy(Readings.Of(answer, Words.Split(canary.Input.Response), form));
            JudgeInstruments.Canaries.WithLabels(passed switch { true => "passed", false => "failed", null => "unread" }).Inc();
            if (passed == false) context.Warn($"judge: {canary.Name}: a question with a known answer was answered wrongly; nothing is promoted on its word");
        }

        asked.RemoveAll(a => a.Pending.Answer is not null);
    }
}
