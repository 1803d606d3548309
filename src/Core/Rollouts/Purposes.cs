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

    /// <summary>Of a judgement: to see whether the judge is still what it was.</summary>
    public const string Canary = "canary";

    /// <summary>Of a judgement: to see whether the judge is worth asking.</summary>
    public const string Check = "check";
}
