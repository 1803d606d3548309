namespace Tppo.Learning.Models;

// P prompts, T prompt tokens, U segment tokens of all responses of a prompt, N response tokens, M = N and padding.

/// <summary>Which hidden states a <see cref="TreeBatch"/> is read at.</summary>
public enum TreeRead
{
    /// <summary>The state that predicts a response token, that is, at the token before it: policy and critic.</summary>
    Predicting,

    /// <summary>The state at a response token itself: reward model.</summary>
    Own,
}
