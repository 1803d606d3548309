using Tppo.Core.Rewards;
using Tppo.Core.Rollouts;
using Tppo.Core.Text;
using Tppo.Learning.Models;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Training;

/// <summary>Asks a reward model for the categories of responses' tokens.</summary>
public static class RewardModelScorer
{
    private const int Categories = 3;

    /// <summary>softmax of the category head at each token's own position, with the word that each token belongs to.</summary>
    /// <param name="rewardModel">A decoder with a category head.</param>
    /// <param name="windows">Rollouts by window, those of one window with one prompt; no response empty.</param>
    /// <returns>By window, then rollout, then token.</returns>
    /// <exception cref="ArgumentException">The decoder has another head, or a response is empty.</exception>
    public static ScoredToken[][][] Score(Decoder rewardModel, IReadOnlyList<IReadOnlyList<RolloutRow>> windows)
    {
        if (rewardModel.Head != DecoderHead.Category)
            throw new ArgumentException("this decoder is no reward model: it has no category head", nameof(rewardModel));
        int[][] prompts = [.. windows.Select(rows => rows[0].PromptIds)];
        int[][][] responses = [.. windows.Select(rows => (int[][])[.. rows.Select(row => row.ResponseIds)])];
        var all = ResponseReader.Read(
            rewardModel, prompts, responses, TreeRead.Own, Categories, batch => F.softmax(rewardModel.Scores(batch), -1));
        return
        [
            .. windows.Select((rows, w) => (ScoredToken[][])[.. rows.Select((row, s) => Tokens(row, all[w][s], rewardModel.Specials.End))]),
        ];
    }

    private static ScoredToken[] Tokens(RolloutRow row, float[] probabilities, int endToken)
    {
        var wordOfToken = Alignment.WordOfToken(Words.Split(row.Response), row.ByteStarts, row.ByteEnds);
        var tokens = new ScoredToken[row.ResponseIds.Length];
        for (var t = 0; t < tokens.Length; t++)
        {
            var (none, irrelevant, relevant) =
                (probabilities[Categories * t], probabilities[(Categories * t) + 1], probabilities[(Categories * t) + 2]);
            var category = Core.Judging.Categories.Likeliest(none, irrelevant, relevant);
            tokens[t] = new ScoredToken(category, wordOfToken[t], row.ResponseIds[t] == endToken, irrelevant, relevant);
        }

        return tokens;
    }
}
