using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Facts.Artifacts;
using Tppo.Facts.Cuts;
using Tppo.Facts.Forms;
using Tppo.Hosting;
using Tppo.Hosting.Judges;
using Tppo.Streaming.Records;

namespace Tppo.Labeler;

/// <summary>What the labels of one reward-model step need: its judge, its tokenizer, and the windows that its policy saw.</summary>
internal sealed class LabelStep
{
    private readonly ServiceContext context;
    private readonly Cut windows;
    private readonly string tokenizerSha256;

    public LabelStep(ServiceContext context, StepId id, CheckpointProduced policy, Cut windows)
    {
        (this.context, this.windows, Id, Fold) = (context, windows, id, policy.Fold);
        Judge = context.Judges.ForLabels(() => EmbeddedJudges.ForLabels(context.Log, context.Settings, windows, policy.Fold));
        tokenizerSha256 = ArtifactStore.HashOf(Path.Combine(context.Artifacts.Folder(policy.Checkpoint), CheckpointFiles.Tokenizer));
    }

    public IJudge Judge { get; }

    /// <summary>The step that learns from the labels.</summary>
    public StepId Id { get; }

    public Fold Fold { get; }

    /// <summary>The words that a judge scores: the spans are those of the response as it was sampled.</summary>
    public static List<Word> WordsOf(RolloutRow row) => Words.Split(row.Response);

    /// <summary>Windows of held-out users: on them a judge is looked at.</summary>
    public IReadOnlyList<Window> HeldOut() => WindowCut.HeldOut(context.Log, windows, Fold);

    /// <summary>The windows of the rows that are pending, by id.</summary>
    public Dictionary<string, Window> Histories { get; } = [];

    /// <summary>Takes up the windows of more rows of one partition, from the part of <c>windows.v1</c> that the policy's cut names.</summary>
    public void Load(int partition, IEnumerable<RolloutRow> rows)
    {
        var missing = rows.Select(r => r.WindowId).Where(id => !Histories.ContainsKey(id)).ToHashSet();
        if (missing.Count == 0) return;
        var (place, from, to) = windows.Ranges.Single(r => r.Partition == partition).Offsets;
        foreach (var record in context.Log.Read(place, from, to))
        {
            if (record.Header(HeaderNames.Id) is { } id && missing.Contains(id) && RecordForm.Fault(record) is null)
                Histories[id] = WindowJson.Read(record.Value);
        }
    }

    /// <summary>A judge's answer brought to tokens.</summary>
    public TokenRewardRow TokenReward(RolloutRow row, string judgement, JudgeReading reading)
    {
        var wordOfToken = Alignment.WordOfToken(WordsOf(row), row.ByteStarts, row.ByteEnds);
        return new TokenRewardRow
        {
            RolloutId = row.RolloutId,
            JudgementId = judgement,
            User = row.User,
            ResponseIds = row.ResponseIds,
            WordIndex = wordOfToken,
            Categories = Alignment.CategoryOfToken(wordOfToken, reading.Words),
            Sentence = reading.Whole,
            TokenizerSha256 = tokenizerSha256,
        };
    }
}
