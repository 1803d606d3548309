using System.Text.Json.Serialization;

namespace Tppo.Learning.Training;

/// <summary>Figures of one update; means over its minibatches where it has several. Policy figures are 0 in a critic's warm-up.</summary>
public sealed record UpdateStats
{
    /// <summary>Σ log π_old − log π_ref a response, mean over responses, in nats.</summary>
    public required double Kl { get; init; }

    /// <summary>Σ −log π_old a response, mean over responses, in nats: an estimate of the entropy of whole responses.</summary>
    public required double Entropy { get; init; }

    /// <summary>Sum of shaped rewards before KL, mean over responses.</summary>
    public required double Scores { get; init; }

    /// <summary>The same with KL subtracted: what is maximised.</summary>
    public required double RlhfReward { get; init; }

    /// <summary>Half the mean square of log π − log π_old.</summary>
    public double ApproximateKl { get; init; }

    /// <summary>Share of tokens whose ratio is clipped.</summary>
    public double ClipFraction { get; init; }

    /// <summary>Policy loss.</summary>
    public double PolicyLoss { get; init; }

    /// <summary>Cross-entropy of what people really searched next, in nats a token; null where it is no part of the loss.</summary>
    public double? SftLoss { get; init; }

    /// <summary>Value loss.</summary>
    public required double ValueLoss { get; init; }

    /// <summary>Share of tokens whose value is clipped.</summary>
    public required double ValueClipFraction { get; init; }

    /// <summary>Mean of π / π_old.</summary>
    public double Ratio { get; init; }

    /// <summary>1 − Var(return − value) / Var(return) over tokens, before the update; null where all returns are equal.</summary>
    public required double? ExplainedVariance { get; init; }

    /// <summary>Joint norm of the policy's gradients before the clip.</summary>
    public double GradientNorm { get; init; }

    /// <summary>Mean tokens of a response.</summary>
    public required double ResponseLength { get; init; }

    /// <summary>Share of responses that do not end in the end token.</summary>
    public required double NoEosRatio { get; init; }

    /// <summary>The policy's learning rate; 0 in a critic's warm-up.</summary>
    public required double LearningRate { get; init; }

    /// <summary>Tokens computed with gradients, padding left out.</summary>
    public required long Tokens { get; init; }

    /// <summary>Steps of the two optimisers together; not part of the curve.</summary>
    [JsonIgnore]
    public int OptimiserSteps { get; init; }
}
