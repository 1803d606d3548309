namespace Tppo.Learning.Models;

// P prompts, T prompt tokens, U segment tokens of all responses of a prompt.

/// <summary>What the segment tokens of a <see cref="TreeBatch"/> may look at: 0 where they may, −∞ elsewhere; nothing, at first.</summary>
internal sealed class TreeSight
{
    private readonly int promptTokens;
    private readonly int keys;
    private readonly int window;

    /// <param name="prompts">Rows P.</param>
    /// <param name="promptTokens">Padded prompt length T.</param>
    /// <param name="segmentTokens">Padded segment length U.</param>
    /// <param name="window">How many tokens a token sees at most, itself among them.</param>
    internal TreeSight(int prompts, int promptTokens, int segmentTokens, int window)
    {
        (this.promptTokens, keys, this.window) = (promptTokens, promptTokens + segmentTokens, window);
        Bias = new float[prompts * segmentTokens * keys];
        Array.Fill(Bias, float.NegativeInfinity);
    }

    /// <summary>[P, U, T + U], flat.</summary>
    internal float[] Bias { get; }

    /// <summary>A token sees its prompt, and of its own response what precedes it and itself, as far back as the window goes.</summary>
    /// <param name="token">Which, flat over (P, U).</param>
    /// <param name="promptLength">Its prompt's real length.</param>
    /// <param name="start">Where its response starts in the row's segment.</param>
    /// <param name="index">Its own place in the response.</param>
    internal void See(int token, int promptLength, int start, int index)
    {
        var sees = Bias.AsSpan(token * keys, keys);
        var firstOwn = Math.Max(0, index - window + 1);
        var firstOfPrompt = Math.Clamp(promptLength + index - window + 1, 0, promptLength);
        sees[firstOfPrompt..promptLength].Clear();
        sees.Slice(promptTokens + start + firstOwn, index + 1 - firstOwn).Clear();
    }

    /// <summary>A padded token sees itself, since a softmax over nothing is not a number.</summary>
    /// <param name="token">Which, flat over (P, U).</param>
    /// <param name="at">Its place in the row's segment.</param>
    internal void SeeItself(int token, int at) => Bias[(token * keys) + promptTokens + at] = 0;
}
