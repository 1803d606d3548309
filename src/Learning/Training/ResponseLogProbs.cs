using Tppo.Learning.Models;

namespace Tppo.Learning.Training;

/// <summary>log-probs of given responses under a policy.</summary>
public static class ResponseLogProbs
{
    /// <summary>log P(token | prompt, earlier tokens) of each token, in nats, at temperature 1.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="prompts">Prompts, without the response token.</param>
    /// <param name="responses">Responses of each prompt, none empty.</param>
    /// <returns>By prompt, response, token.</returns>
    public static float[][][] Of(Decoder policy, IReadOnlyList<int[]> prompts, IReadOnlyList<IReadOnlyList<int[]>> responses) =>
        ResponseReader.Read(policy, prompts, responses, TreeRead.Predicting, 1, policy.LogProbs);
}
