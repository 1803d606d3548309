using Tppo.Learning.Models;
using F = TorchSharp.torch.nn.functional;

namespace Tppo.Learning.Training;

/// <summary>Asks a reward model for the categories of responses' tokens.</summary>
public static class RewardModelScorer
{
    /// <summary>softmax of the category head at each token's own position.</summary>
    /// <param name="rewardModel">A decoder with a category head.</param>
    /// <param name="prompts">Prompts, without the response token.</param>
    /// <param name="responses">Responses of each prompt, none empty.</param>
    /// <returns>Scores by prompt, then response.</returns>
    /// <exception cref="ArgumentException">The decoder has another head, counts differ, or a response is empty.</exception>
    public static TokenScores[][] Score(Decoder rewardModel, IReadOnlyList<int[]> prompts, IReadOnlyList<IReadOnlyList<int[]>> responses)
    {
        if (rewardModel.Head != DecoderHead.Category) throw new ArgumentException("this decoder is no reward model: it has no category head", nameof(rewardModel));
        var all = ResponseReader.Read(prompts, responses, TreeRead.Own, 3, batch => F.softmax(rewardModel.Scores(batch), -1));
        return [.. all.Select(rows => (TokenScores[])[.. rows.Select(row => new TokenScores(Column(row, 0), Column(row, 1), Column(row, 2)))])];
    }

    private static float[] Column(float[] row, int category) => [.. Enumerable.Range(0, row.Length / 3).Select(token => row[(3 * token) + category])];
}
