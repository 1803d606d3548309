using Prometheus;

namespace Tppo.Hosting;

/// <summary>
/// Every instrument of the system, in Prometheus' conventions. <c>docs/metrics.md</c> lists the same; a test holds the two together.
/// No user, query or window id is ever a label. Lag and freshness run from a record's append, not the event's own time.
/// </summary>
public static class Metrics
{
    /// <summary>Events at the edge.</summary>
    public static readonly Counter EventsIngested = Prometheus.Metrics.CreateCounter("tppo_events_ingested_total", "Events at the edge.", ["type", "outcome"]);

    /// <summary>Events behind the release bound, on late.v1.</summary>
    public static readonly Counter EventsLate = Prometheus.Metrics.CreateCounter("tppo_events_late_total", "Events behind the release bound, on late.v1.", ["type"]);

    /// <summary>Events whose (source, id) was known.</summary>
    public static readonly Counter EventsDeduplicated = Prometheus.Metrics.CreateCounter("tppo_events_deduplicated_total", "Events whose (source, id) was known.");

    /// <summary>Texts of which something was taken out.</summary>
    public static readonly Counter EventsRedacted = Prometheus.Metrics.CreateCounter("tppo_events_redacted_total", "Texts of which something was taken out.", ["kind"]);

    /// <summary>Windows on windows.v1.</summary>
    public static readonly Counter WindowsEmitted = Prometheus.Metrics.CreateCounter("tppo_windows_emitted_total", "Windows on windows.v1.");

    /// <summary>Targets that were left without history by its age.</summary>
    public static readonly Counter WindowsEmptied = Prometheus.Metrics.CreateCounter("tppo_windows_emptied_total", "Targets that were left without history by its age.");

    /// <summary>What the bounds on a user's history took away.</summary>
    public static readonly Counter HistoryLosses = Prometheus.Metrics.CreateCounter("tppo_history_losses_total", "What the bounds on a user's history took away.", ["kind"]);

    /// <summary>Users whose state was removed because they were not seen for long.</summary>
    public static readonly Counter StatesExpired = Prometheus.Metrics.CreateCounter("tppo_window_states_expired_total", "Users whose state was removed because they were not seen for long.");

    /// <summary>Idle marks written on quiet event topics.</summary>
    public static readonly Counter IdleMarks = Prometheus.Metrics.CreateCounter("tppo_idle_marks_total", "Idle marks written on quiet event topics.", ["topic"]);

    /// <summary>Dead letters.</summary>
    public static readonly Counter DeadLetters = Prometheus.Metrics.CreateCounter("tppo_dlq_records_total", "Dead letters.", ["topic", "reason"]);

    /// <summary>Missing tppo-seq numbers.</summary>
    public static readonly Counter SequenceGaps = Prometheus.Metrics.CreateCounter("tppo_sequence_gaps_total", "Missing tppo-seq numbers.", ["topic"]);

    /// <summary>tppo-seq numbers seen twice.</summary>
    public static readonly Counter SequenceDuplicates = Prometheus.Metrics.CreateCounter("tppo_sequence_duplicates_total", "tppo-seq numbers seen twice.", ["topic"]);

    /// <summary>Steps by how they ended.</summary>
    public static readonly Counter Transactions = Prometheus.Metrics.CreateCounter("tppo_transactions_total", "Steps by how they ended.", ["service", "outcome"]);

    /// <summary>Records between a group and the log's end.</summary>
    public static readonly Gauge ConsumerLagRecords = Prometheus.Metrics.CreateGauge("tppo_consumer_lag_records", "Records between a group and the log's end.", ["group", "topic", "partition"]);

    /// <summary>Age of the oldest record that a group has not read, from its append.</summary>
    public static readonly Gauge ConsumerLagSeconds = Prometheus.Metrics.CreateGauge("tppo_consumer_lag_seconds", "Age of the oldest record that a group has not read, from its append.", ["group", "topic"]);

    /// <summary>Event time up to which a topic is in order.</summary>
    public static readonly Gauge WatermarkTimestamp = Prometheus.Metrics.CreateGauge("tppo_watermark_timestamp_seconds", "Event time up to which a topic is in order.", ["topic"]);

    /// <summary>Time until retention reaches a record that somebody still needs.</summary>
    public static readonly Gauge RetentionHeadroom = Prometheus.Metrics.CreateGauge("tppo_retention_headroom_seconds", "Time until retention reaches a record that somebody still needs.", ["topic"]);

    /// <summary>Changelog records still to be read.</summary>
    public static readonly Gauge StateRestoreRemaining = Prometheus.Metrics.CreateGauge("tppo_state_restore_remaining_records", "Changelog records still to be read.");

    /// <summary>How far a rebuild is.</summary>
    public static readonly Gauge ReplayProgress = Prometheus.Metrics.CreateGauge("tppo_replay_progress_ratio", "How far a rebuild is.", ["model"]);

    /// <summary>Time a step takes to commit.</summary>
    public static readonly Histogram CommitDuration = Prometheus.Metrics.CreateHistogram("tppo_commit_duration_seconds", "Time a step takes to commit.", ["service"]);

    /// <summary>Calls to the judge by how they ended.</summary>
    public static readonly Counter JudgeRequests = Prometheus.Metrics.CreateCounter("tppo_judge_requests_total", "Calls to the judge by how they ended.", ["model", "outcome"]);

    /// <summary>Tokens sent to and received from the judge.</summary>
    public static readonly Counter JudgeTokens = Prometheus.Metrics.CreateCounter("tppo_judge_tokens_total", "Tokens sent to and received from the judge.", ["model", "direction"]);

    /// <summary>What the judge has cost.</summary>
    public static readonly Counter JudgeCost = Prometheus.Metrics.CreateCounter("tppo_judge_cost_usd_total", "What the judge has cost.", ["model"]);

    /// <summary>Answers that could not be used.</summary>
    public static readonly Counter JudgementsRejected = Prometheus.Metrics.CreateCounter("tppo_judgements_rejected_total", "Answers that could not be used.", ["reason"]);

    /// <summary>Questions whose answer was on the log already.</summary>
    public static readonly Counter JudgeCacheHits = Prometheus.Metrics.CreateCounter("tppo_judge_cache_hits_total", "Questions whose answer was on the log already.");

    /// <summary>What is left of the day's budget.</summary>
    public static readonly Gauge JudgeBudgetRemaining = Prometheus.Metrics.CreateGauge("tppo_judge_budget_remaining_usd", "What is left of the day's budget.");

    /// <summary>Share of distinct words that the last answers scored.</summary>
    public static readonly Gauge JudgeCoverage = Prometheus.Metrics.CreateGauge("tppo_judge_coverage_ratio", "Share of distinct words that the last answers scored.");

    /// <summary>1 while the circuit breaker holds calls back.</summary>
    public static readonly Gauge JudgeBreakerOpen = Prometheus.Metrics.CreateGauge("tppo_judge_breaker_open", "1 while the circuit breaker holds calls back.");

    /// <summary>Time a call to the judge takes.</summary>
    public static readonly Histogram JudgeDuration = Prometheus.Metrics.CreateHistogram("tppo_judge_duration_seconds", "Time a call to the judge takes.", ["model"]);

    /// <summary>Local loss, Eq. 1, averaged over tokens.</summary>
    public static readonly Gauge RewardLossLocal = Prometheus.Metrics.CreateGauge("tppo_rm_loss_local", "Local loss, Eq. 1, averaged over tokens.");

    /// <summary>Global loss, Eq. 2.</summary>
    public static readonly Gauge RewardLossGlobal = Prometheus.Metrics.CreateGauge("tppo_rm_loss_global", "Global loss, Eq. 2.");

    /// <summary>AUC over held-out tokens, label 2 against 1.</summary>
    public static readonly Gauge RewardAucToken = Prometheus.Metrics.CreateGauge("tppo_rm_auc_token", "AUC over held-out tokens, label 2 against 1.");

    /// <summary>AUC over held-out responses, token scores averaged.</summary>
    public static readonly Gauge RewardAucSentence = Prometheus.Metrics.CreateGauge("tppo_rm_auc_sentence", "AUC over held-out responses, token scores averaged.");

    /// <summary>Share of held-out tokens whose category is the judge's.</summary>
    public static readonly Gauge RewardAgreement = Prometheus.Metrics.CreateGauge("tppo_rm_judge_agreement", "Share of held-out tokens whose category is the judge's.");

    /// <summary>Expected calibration error.</summary>
    public static readonly Gauge RewardCalibration = Prometheus.Metrics.CreateGauge("tppo_rm_calibration_error", "Expected calibration error.");

    /// <summary>Share of relevant among labelled tokens.</summary>
    public static readonly Gauge RewardLabelRatio = Prometheus.Metrics.CreateGauge("tppo_rm_label_ratio", "Share of relevant among labelled tokens.");

    /// <summary>KL to the reference policy, nats a response.</summary>
    public static readonly Gauge ObjectiveKl = Prometheus.Metrics.CreateGauge("tppo_objective_kl", "KL to the reference policy, nats a response.");

    /// <summary>Entropy of the policy, nats a token, estimated from the samples.</summary>
    public static readonly Gauge ObjectiveEntropy = Prometheus.Metrics.CreateGauge("tppo_objective_entropy", "Entropy of the policy, nats a token, estimated from the samples.");

    /// <summary>Shaped reward a response before KL.</summary>
    public static readonly Gauge ObjectiveScores = Prometheus.Metrics.CreateGauge("tppo_objective_scores", "Shaped reward a response before KL.");

    /// <summary>Reward a response after KL.</summary>
    public static readonly Gauge ObjectiveRlhfReward = Prometheus.Metrics.CreateGauge("tppo_objective_rlhf_reward", "Reward a response after KL.");

    /// <summary>KL between the policy after and before the update.</summary>
    public static readonly Gauge PolicyApproximateKl = Prometheus.Metrics.CreateGauge("tppo_policy_approxkl_avg", "KL between the policy after and before the update.");

    /// <summary>Share of tokens whose ratio was clipped.</summary>
    public static readonly Gauge PolicyClipFraction = Prometheus.Metrics.CreateGauge("tppo_policy_clipfrac_avg", "Share of tokens whose ratio was clipped.");

    /// <summary>Policy loss.</summary>
    public static readonly Gauge LossPolicy = Prometheus.Metrics.CreateGauge("tppo_loss_policy_avg", "Policy loss.");

    /// <summary>Value loss.</summary>
    public static readonly Gauge LossValue = Prometheus.Metrics.CreateGauge("tppo_loss_value_avg", "Value loss.");

    /// <summary>Share of tokens whose value was clipped.</summary>
    public static readonly Gauge ValueClipFraction = Prometheus.Metrics.CreateGauge("tppo_val_clipfrac_avg", "Share of tokens whose value was clipped.");

    /// <summary>Mean probability ratio.</summary>
    public static readonly Gauge ValueRatio = Prometheus.Metrics.CreateGauge("tppo_val_ratio", "Mean probability ratio.");

    /// <summary>Share of the returns' variance that the critic explains.</summary>
    public static readonly Gauge CriticExplainedVariance = Prometheus.Metrics.CreateGauge("tppo_critic_explained_variance", "Share of the returns' variance that the critic explains.");

    /// <summary>Gradient norm of the policy before clipping.</summary>
    public static readonly Gauge ActorGradientNorm = Prometheus.Metrics.CreateGauge("tppo_actor_grad_norm", "Gradient norm of the policy before clipping.");

    /// <summary>Tokens a response.</summary>
    public static readonly Gauge ResponseLength = Prometheus.Metrics.CreateGauge("tppo_response_length_mean", "Tokens a response.");

    /// <summary>Share of responses without an end token.</summary>
    public static readonly Gauge ResponseNoEos = Prometheus.Metrics.CreateGauge("tppo_response_no_eos_ratio", "Share of responses without an end token.");

    /// <summary>Distinct among all words of a response.</summary>
    public static readonly Gauge DistinctWords = Prometheus.Metrics.CreateGauge("tppo_distinct_word_ratio", "Distinct among all words of a response.");

    /// <summary>Version of the policy that samples.</summary>
    public static readonly Gauge PolicyVersion = Prometheus.Metrics.CreateGauge("tppo_policy_version", "Version of the policy that samples.");

    /// <summary>Versions between sampling and training.</summary>
    public static readonly Gauge PolicyStaleness = Prometheus.Metrics.CreateGauge("tppo_policy_staleness_versions", "Versions between sampling and training.");

    /// <summary>Tokens trained on.</summary>
    public static readonly Counter TrainTokens = Prometheus.Metrics.CreateCounter("tppo_train_tokens_total", "Tokens trained on.", ["model"]);

    /// <summary>Optimiser steps.</summary>
    public static readonly Counter TrainSteps = Prometheus.Metrics.CreateCounter("tppo_train_steps_total", "Optimiser steps.", ["model"]);

    /// <summary>Tokens sampled.</summary>
    public static readonly Counter RolloutTokens = Prometheus.Metrics.CreateCounter("tppo_rollout_tokens_total", "Tokens sampled.");

    /// <summary>Cuts that the log no longer fulfils.</summary>
    public static readonly Counter CutDigestMismatch = Prometheus.Metrics.CreateCounter("tppo_cut_digest_mismatch_total", "Cuts that the log no longer fulfils.");

    /// <summary>Time a training step takes.</summary>
    public static readonly Histogram TrainStepDuration = Prometheus.Metrics.CreateHistogram("tppo_train_step_seconds", "Time a training step takes.", ["model"]);

    /// <summary>Time a batch of rollouts takes.</summary>
    public static readonly Histogram RolloutDuration = Prometheus.Metrics.CreateHistogram("tppo_rollout_seconds", "Time a batch of rollouts takes.");

    /// <summary>Records a cut.</summary>
    public static readonly Histogram CutRecords = Prometheus.Metrics.CreateHistogram("tppo_cut_records", "Records a cut.", ["model"]);

    /// <summary>Newest event that a model has learned from.</summary>
    public static readonly Gauge LastTrainedEvent = Prometheus.Metrics.CreateGauge("tppo_last_trained_event_timestamp_seconds", "Newest event that a model has learned from.", ["model"]);

    /// <summary>Live tensors.</summary>
    public static readonly Gauge NativeTensors = Prometheus.Metrics.CreateGauge("tppo_native_tensor_count", "Live tensors.");

    /// <summary>Memory held on the GPU.</summary>
    public static readonly Gauge GpuMemory = Prometheus.Metrics.CreateGauge("tppo_gpu_memory_bytes", "Memory held on the GPU.");

    /// <summary>From an event's append to a policy that learned from it.</summary>
    public static readonly Histogram EventToPolicy = Prometheus.Metrics.CreateHistogram("tppo_event_to_policy_seconds", "From an event's append to a policy that learned from it.");

    /// <summary>Share of held-out windows whose response is relevant.</summary>
    public static readonly Gauge RelevanceRate = Prometheus.Metrics.CreateGauge("tppo_relevance_rate", "Share of held-out windows whose response is relevant.", ["template", "set", "policy"]);

    /// <summary>Lower end of its 95 % interval.</summary>
    public static readonly Gauge RelevanceRateLow = Prometheus.Metrics.CreateGauge("tppo_relevance_rate_ci_low", "Lower end of its 95 % interval.", ["template", "set", "policy"]);

    /// <summary>Upper end of its 95 % interval.</summary>
    public static readonly Gauge RelevanceRateHigh = Prometheus.Metrics.CreateGauge("tppo_relevance_rate_ci_high", "Upper end of its 95 % interval.", ["template", "set", "policy"]);

    /// <summary>Windows that could be judged.</summary>
    public static readonly Gauge EvaluationValid = Prometheus.Metrics.CreateGauge("tppo_evaluation_valid", "Windows that could be judged.", ["template", "set", "policy"]);

    /// <summary>Share of windows won.</summary>
    public static readonly Gauge WinRatio = Prometheus.Metrics.CreateGauge("tppo_win_ratio", "Share of windows won.", ["against"]);

    /// <summary>Share of windows tied.</summary>
    public static readonly Gauge TieRatio = Prometheus.Metrics.CreateGauge("tppo_tie_ratio", "Share of windows tied.", ["against"]);

    /// <summary>Share of windows lost.</summary>
    public static readonly Gauge LoseRatio = Prometheus.Metrics.CreateGauge("tppo_lose_ratio", "Share of windows lost.", ["against"]);

    /// <summary>Share of pairwise votes that turn with the order.</summary>
    public static readonly Gauge JudgeFlips = Prometheus.Metrics.CreateGauge("tppo_judge_flip_ratio", "Share of pairwise votes that turn with the order.");

    /// <summary>Promotions by how they ended.</summary>
    public static readonly Counter Promotions = Prometheus.Metrics.CreateCounter("tppo_promotions_total", "Promotions by how they ended.", ["outcome"]);

    /// <summary>1, with the build in its labels.</summary>
    public static readonly Gauge BuildInfo = Prometheus.Metrics.CreateGauge("tppo_build_info", "1, with the build in its labels.", ["version", "commit"]);
}
