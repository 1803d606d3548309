using Prometheus;

namespace Tppo.Hosting.Instruments;

/// <summary>How a policy learns: figures of its last update.</summary>
public static class PolicyInstruments
{
    /// <summary>KL to the reference policy, nats a response.</summary>
    public static readonly Gauge ObjectiveKl = Metrics.CreateGauge("tppo_objective_kl", "KL to the reference policy, nats a response.");

    /// <summary>Entropy of the policy, nats a response, estimated from the samples.</summary>
    public static readonly Gauge ObjectiveEntropy = Metrics.CreateGauge(
        "tppo_objective_entropy", "Entropy of the policy, nats a response, estimated from the samples.");

    /// <summary>Shaped reward a response before KL.</summary>
    public static readonly Gauge ObjectiveScores = Metrics.CreateGauge("tppo_objective_scores", "Shaped reward a response before KL.");

    /// <summary>Reward a response after KL.</summary>
    public static readonly Gauge ObjectiveRlhfReward = Metrics.CreateGauge("tppo_objective_rlhf_reward", "Reward a response after KL.");

    /// <summary>KL between the policy after and before the update.</summary>
    public static readonly Gauge PolicyApproximateKl = Metrics.CreateGauge(
        "tppo_policy_approxkl_avg", "KL between the policy after and before the update.");

    /// <summary>Share of tokens whose ratio was clipped.</summary>
    public static readonly Gauge PolicyClipFraction = Metrics.CreateGauge(
        "tppo_policy_clipfrac_avg", "Share of tokens whose ratio was clipped.");

    /// <summary>Policy loss.</summary>
    public static readonly Gauge LossPolicy = Metrics.CreateGauge("tppo_loss_policy_avg", "Policy loss.");

    /// <summary>Value loss.</summary>
    public static readonly Gauge LossValue = Metrics.CreateGauge("tppo_loss_value_avg", "Value loss.");

    /// <summary>Share of tokens whose value was clipped.</summary>
    public static readonly Gauge ValueClipFraction = Metrics.CreateGauge(
        "tppo_val_clipfrac_avg", "Share of tokens whose value was clipped.");

    /// <summary>Mean probability ratio.</summary>
    public static readonly Gauge ValueRatio = Metrics.CreateGauge("tppo_val_ratio", "Mean probability ratio.");

    /// <summary>Share of the returns' variance that the critic explains.</summary>
    public static readonly Gauge CriticExplainedVariance = Metrics.CreateGauge(
        "tppo_critic_explained_variance", "Share of the returns' variance that the critic explains.");

    /// <summary>Gradient norm of the policy before clipping.</summary>
    public static readonly Gauge ActorGradientNorm = Metrics.CreateGauge(
        "tppo_actor_grad_norm", "Gradient norm of the policy before clipping.");

    /// <summary>Tokens a response.</summary>
    public static readonly Gauge ResponseLength = Metrics.CreateGauge("tppo_response_length_mean", "Tokens a response.");

    /// <summary>Share of responses without an end token.</summary>
    public static readonly Gauge ResponseNoEos = Metrics.CreateGauge(
        "tppo_response_no_eos_ratio", "Share of responses without an end token.");

    /// <summary>Distinct among all words of a response.</summary>
    public static readonly Gauge DistinctWords = Metrics.CreateGauge("tppo_distinct_word_ratio", "Distinct among all words of a response.");

    /// <summary>Version of the policy that samples.</summary>
    public static readonly Gauge PolicyVersion = Metrics.CreateGauge("tppo_policy_version", "Version of the policy that samples.");
}
