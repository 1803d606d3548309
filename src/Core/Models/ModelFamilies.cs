namespace Tppo.Core.Models;

/// <summary>What kinds of models there are; a model's name is its family's, with the fold behind a dot where there are folds.</summary>
public static class ModelFamilies
{
    /// <summary>The query generator.</summary>
    public const string Policy = "policy";

    /// <summary>The token-level reward model.</summary>
    public const string Reward = "reward";

    /// <summary>The value function, warmed up before the first update; from then on it travels inside the policy's checkpoints.</summary>
    public const string Critic = "critic";

    /// <summary>The model of another family and of the same fold: <c>policy.3</c> for <c>reward.3</c>.</summary>
    public static string Sibling(string model, string family) =>
        model.IndexOf('.', StringComparison.Ordinal) is var dot && dot < 0 ? family : family + model[dot..];
}
