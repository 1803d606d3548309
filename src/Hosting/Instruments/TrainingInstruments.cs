using Prometheus;

namespace Tppo.Hosting.Instruments;

/// <summary>What training consumes.</summary>
public static class TrainingInstruments
{
    /// <summary>Tokens trained on.</summary>
    public static readonly Counter TrainTokens = Metrics.CreateCounter("tppo_train_tokens_total", "Tokens trained on.", ["model"]);

    /// <summary>Steps of an optimiser: SFT, reward model, critic and policy.</summary>
    public static readonly Counter TrainSteps = Metrics.CreateCounter(
        "tppo_train_steps_total", "Steps of an optimiser: SFT, reward model, critic and policy.", ["model"]);

    /// <summary>Tokens sampled.</summary>
    public static readonly Counter RolloutTokens = Metrics.CreateCounter("tppo_rollout_tokens_total", "Tokens sampled.");

    /// <summary>Cuts that the log no longer fulfils.</summary>
    public static readonly Counter CutDigestMismatch = Metrics.CreateCounter(
        "tppo_cut_digest_mismatch_total", "Cuts that the log no longer fulfils.");

    /// <summary>Live tensors.</summary>
    public static readonly Gauge NativeTensors = Metrics.CreateGauge("tppo_native_tensor_count", "Live tensors.");
}
