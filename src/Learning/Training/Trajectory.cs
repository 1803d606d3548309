namespace Tppo.Learning.Training;

/// <summary>
/// A sampled response on its way to the gradient: its tokens as they were recorded, their rewards, and, once an update has been
/// prepared, what reference and critic say of them. All arrays run along the tokens.
/// </summary>
public sealed class Trajectory
{
    /// <summary>A response with its rewards.</summary>
    /// <param name="prompt">Prompt tokens, without the response token.</param>
    /// <param name="ids">Tokens, at least one.</param>
    /// <param name="sampledLogProbs">log-prob of each as recorded when it was sampled.</param>
    /// <param name="rewards">Shaped reward of each, before KL.</param>
    /// <param name="inLoss">Whether a token enters the policy loss.</param>
    /// <exception cref="ArgumentException">There is no token, or an array is of another length.</exception>
    public Trajectory(int[] prompt, int[] ids, float[] sampledLogProbs, float[] rewards, bool[] inLoss)
    {
        if (ids.Length == 0) throw new ArgumentException("a response has no tokens; drop it and count it before the update", nameof(ids));
        if (sampledLogProbs.Length != ids.Length || rewards.Length != ids.Length || inLoss.Length != ids.Length)
        {
            throw new ArgumentException(
                $"a response of {ids.Length} tokens has {sampledLogProbs.Length} log-probs, {rewards.Length} rewards and {inLoss.Length} loss marks",
                nameof(ids));
        }

        (Prompt, Ids, SampledLogProbs, Rewards, InLoss) = (prompt, ids, sampledLogProbs, rewards, inLoss);
    }

    /// <summary>Prompt tokens, without the response token.</summary>
    public int[] Prompt { get; }

    /// <summary>Tokens.</summary>
    public int[] Ids { get; }

    /// <summary>log-prob of each token as recorded when it was sampled.</summary>
    public float[] SampledLogProbs { get; }

    /// <summary>Shaped reward of each token, before KL.</summary>
    public float[] Rewards { get; }

    /// <summary>Whether a token enters the policy loss.</summary>
    public bool[] InLoss { get; }

    /// <summary>log π_old − log π_ref of each token.</summary>
    internal float[] Kl { get; set; } = [];

    /// <summary>The critic's value before each token.</summary>
    internal float[] Values { get; set; } = [];

    /// <summary>Whitened advantage of each token.</summary>
    internal float[] Advantages { get; set; } = [];

    /// <summary>Return of each token.</summary>
    internal float[] Returns { get; set; } = [];
}
