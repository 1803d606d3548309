namespace Tppo.Core.Rollouts;

/// <summary>What rollouts are for.</summary>
public static class Purposes
{
    /// <summary>To be judged, for the reward model.</summary>
    public const string Label = "label";

    /// <summary>To be scored by the reward model, for a policy update.</summary>
    public const string Update = "update";

    /// <summary>To be measured.</summary>
    public const string Evaluation = "evaluation";
}
