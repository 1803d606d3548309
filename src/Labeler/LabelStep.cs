using Tppo.Core.Cuts;
using Tppo.Core.Judging;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Facts.Artifacts;
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

    public LabelStep(ServiceContext context, CheckpointProduced policy, Cut windows)
    {
        (this.context, this.windows) = (context, windows);
        Judge = EmbeddedJudges.ForLabels(context.Log, context.Settings, windows, policy.Fold);
        tokenizerSha256 = ArtifactStore.HashOf(Path.Combine(context.Artifacts.Folder(policy.Checkpoint), CheckpointFiles.Tokenizer));
    }

    public IJudge Judge { get; }

    /// <summary>The words that a judge scores: the spans are those of the response as it was sampled.</summary>
    public static List<Word> WordsOf(RolloutRow row) => Words.Split(row.Response);

    /// <summary>The windows of some ids, from the part of <c>windows.v1</c> that the policy's cut names.</summary>
    public Dictionary<string, Window> Histories(int partition, IReadOnlySet<string> ids)
    {
        var (place, from, to) = windows.Ranges.Single(r => r.Partition == partition).Offsets;
        var found = new Dictionary<string, Window>();
        foreach (var record in context.Log.Read(place, from, to))
        {
            if (record.Header(HeaderNames.Id) is { } id && ids.Contains(id) && RecordForm.Fault(record) is null) found[id] = WindowJson.Read(record.Value);
        }

        return found;
    }

    /// <summary>A judge's answer brought to tokens.</summary>
    public TokenRewardRow TokenReward(RolloutRow row, string judgement, JudgeAnswer answer)
    {
        var wordOfToken = Alignment.WordOfToken(WordsOf(row), row.ByteStarts, row.ByteEnds);
        return new TokenRewardRow
        {
            RolloutId = row.RolloutId,
            JudgementId = judgement,
            User = row.User,
            ResponseIds = row.ResponseIds,
            WordIndex = wordOfToken,
            Categories = Alignment.CategoryOfToken(wordOfToken, answer.Words),
            Sentence = answer.Whole,
            TokenizerSha256 = tokenizerSha256,
        };
    }
}
