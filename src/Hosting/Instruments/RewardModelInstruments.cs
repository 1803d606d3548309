using Prometheus;

namespace Tppo.Hosting.Instruments;

/// <summary>How a reward model learns, and how well it does.</summary>
public static class RewardModelInstruments
{
    /// <summary>Local loss, Eq. 1, averaged over tokens.</summary>
    public static readonly Gauge RewardLossLocal = Metrics.CreateGauge("tppo_rm_loss_local", "Local loss, Eq. 1, averaged over tokens.");

    /// <summary>Global loss, Eq. 2.</summary>
    public static readonly Gauge RewardLossGlobal = Metrics.CreateGauge("tppo_rm_loss_global", "Global loss, Eq. 2.");

    /// <summary>AUC over held-out tokens, relevant against irrelevant.</summary>
    public static readonly Gauge RewardAucToken = Metrics.CreateGauge(
        "tppo_rm_auc_token", "AUC over held-out tokens, relevant against irrelevant.");

    /// <summary>AUC over held-out responses, token scores averaged.</summary>
    public static readonly Gauge RewardAucSentence = Metrics.CreateGauge(
        "tppo_rm_auc_sentence", "AUC over held-out responses, token scores averaged.");

    /// <summary>Share of relevant among labelled tokens.</summary>
    public static readonly Gauge RewardLabelRatio = Metrics.CreateGauge("tppo_rm_label_ratio", "Share of relevant among labelled tokens.");
}
