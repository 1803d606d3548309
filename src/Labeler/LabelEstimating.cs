using System.Text;
using Tppo.Core;
using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Prompts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Facts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Evaluations;
using Tppo.Facts.Forms;
using Tppo.Facts.Judgements;
using Tppo.Facts.Models;
using Tppo.Hosting.Judges;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Labeler;

/// <summary>
/// Counts what labelling would take, before a cent is spent: the questions of the rollouts on the log that nobody has answered, or,
/// where none are sampled yet, of as many as the run will sample, on windows of its log.
/// </summary>
/// <param name="log">The log.</param>
/// <param name="settings">The run's settings, with the judge that would be asked.</param>
public sealed class LabelEstimating(IEventLog log, RunSettings settings)
{
    private const int WindowsLookedAt = 1024, BytesPerToken = 4, AnswerBytesPerToken = 3;
    private readonly JudgeTemplate template = JudgeTemplate.Of(settings.Judge.Template);
    private readonly string model = OpenAiJudge.NameOf(settings.Judge);

    /// <summary>The estimate.</summary>
    /// <exception cref="UserException">There is nothing on the log yet.</exception>
    public LabelEstimate Take()
    {
        var sampling = new LabelSampling(settings);
        var records = Records(Topics.Rollouts).Where(r => r.Header(HeaderNames.Purpose) == Purposes.Label).ToList();
        List<RolloutRow> rows = [.. records.SelectMany(r => sampling.Chosen(RolloutCodec.Decode(r.Value)))];
        return rows.Count > 0 ? OfRollouts(rows, sampling, CheckQuestions(records[0])) : OfWindows();
    }

    private LabelEstimate OfRollouts(List<RolloutRow> rows, LabelSampling sampling, int checkQuestions)
    {
        var judgements = new JudgementLog(log, TimeProvider.System);
        judgements.Refresh();
        var windows = Windows([.. rows.Select(r => r.WindowId)]);
        var sums = new Sums();
        var asked = new HashSet<string>(StringComparer.Ordinal);
        var (answered, canaries) = (0L, 0L);
        foreach (var row in rows.Where(r => windows.ContainsKey(r.WindowId)))
        {
            var input = new JudgeInput(windows[row.WindowId].History, row.Response.Trim());
            var judgement = ContentHash.Of(model, template.Sha256, input);
            if (judgements.Find(judgement) is { } standing && standing.IsFinal(settings.Judge.Tries))
            {
                answered++;
                sums.Answered(PromptBytes(input), AnswerBytes(input.Response), standing.Usage);
            }
            else if (asked.Add(judgement))
            {
                sums.Left(PromptBytes(input), AnswerBytes(input.Response));
                if (sampling.CanaryFor(row) is not null) canaries++;
            }
        }

        return sums.Estimate(rows.Count, answered, 0, asked.Count, canaries + checkQuestions);
    }

    // Of the check that a run makes before its first labels, unless it is made already.
    private int CheckQuestions(LogRecord rollouts)
    {
        if (new JudgeCheckLog(log).Find(model, template.Sha256) is not null) return 0;
        if (!StepId.TryParse(rollouts.Header(HeaderNames.Step), out var step)) return JudgeCheckStep.QuestionsMost;
        var models = new ModelLog(log);
        models.Refresh();
        var policy = models.Find(ModelFamilies.Sibling(step.Model, ModelFamilies.Policy), 0);
        return policy is not null && models.Cut(new StepId(policy.Model, policy.Cut)) is { } cut
            ? JudgeCheckStep.Questions(WindowCut.HeldOut(log, cut, policy.Fold), settings.Seed)
            : JudgeCheckStep.QuestionsMost;
    }

    private LabelEstimate OfWindows()
    {
        var windows = Records(Topics.Windows).Select(r => WindowJson.Read(r.Value)).Where(w => w.Targets.Count > 0).Take(WindowsLookedAt).ToList();
        if (windows.Count == 0) throw new UserException("label --estimate: expected windows or rollouts on the log, found none yet");
        var expected = (long)(settings.Labels.Windows * settings.Labels.Samples * settings.Labels.Rate);
        var sums = new Sums();
        foreach (var window in windows)
        {
            var input = new JudgeInput(window.History, QueryText.Response(window.Targets).Trim());
            sums.Left(PromptBytes(input), AnswerBytes(input.Response));
        }

        return sums.Estimate(0, 0, expected, expected, (long)(expected * settings.Judge.CanaryRate) + JudgeCheckStep.QuestionsMost);
    }

    private IEnumerable<LogRecord> Records(string topic) =>
        new TopicTail(log, topic).Read().Where(r => RecordForm.Fault(r) is null && !EndMark.Is(r, out _));

    private Dictionary<string, Window> Windows(HashSet<string> ids) => Records(Topics.Windows)
        .Where(r => r.Header(HeaderNames.Id) is { } id && ids.Contains(id)).Select(r => WindowJson.Read(r.Value)).DistinctBy(w => w.Id).ToDictionary(w => w.Id);

    private int PromptBytes(JudgeInput input) => Encoding.UTF8.GetByteCount(JudgePrompt.Write(template, input));

    // As an answer in its form is written: around each word and around the whole.
    private int AnswerBytes(string response)
    {
        const int AroundWord = 8, AroundScore = 36, AroundAll = 48;
        var words = Words.Split(response);
        return template.Form == AnswerForm.WordsAndWhole
            ? AroundAll + words.Sum(w => Encoding.UTF8.GetByteCount(w.Text) + (template.Name == TemplateName.V1 ? AroundScore : AroundWord))
            : AroundAll;
    }

    private sealed class Sums
    {
        private long looked, promptBytes, answerBytes, measured, measuredPromptBytes, measuredAnswerBytes;
        private JudgeUsage used;

        public void Left(int prompt, int answer)
        {
            looked++;
            promptBytes += prompt;
            answerBytes += answer;
        }

        public void Answered(int prompt, int answer, JudgeUsage usage)
        {
            if (usage.PromptTokens == 0) return;
            measured++;
            measuredPromptBytes += prompt;
            measuredAnswerBytes += answer;
            used += usage;
        }

        public LabelEstimate Estimate(long rollouts, long answered, long expected, long questions, long besides)
        {
            var perByte = measured > 0 ? used.PromptTokens / (double)measuredPromptBytes : 1.0 / BytesPerToken;
            var answerPerByte = measured > 0 ? used.CompletionTokens / (double)measuredAnswerBytes : 1.0 / AnswerBytesPerToken;
            var calls = questions + besides;
            var scale = looked == 0 ? 0 : calls / (double)looked;
            return new LabelEstimate
            {
                Rollouts = rollouts,
                Answered = answered,
                Expected = expected,
                Calls = questions == 0 ? 0 : calls,
                PromptTokens = (long)(promptBytes * perByte * scale),
                AnswerTokens = (long)(answerBytes * answerPerByte * scale),
                Measured = measured,
            };
        }
    }
}
