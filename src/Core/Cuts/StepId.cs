using System.Globalization;

namespace Tppo.Core.Cuts;

/// <summary>Names one training step: which of a model's, from 0. Its cut, its rollouts and their labels carry it.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Ordinal">Which step; also the version that it leaves behind.</param>
public readonly record struct StepId(string Model, int Ordinal)
{
    private const string EvaluationPrefix = "evaluation/";

    /// <summary>What an evaluation of one version of a model is named, where it samples.</summary>
    public static StepId OfEvaluation(string model, int version) => new(EvaluationPrefix + model, version);

    /// <summary>Reads <c>model/ordinal</c>; false where it is none.</summary>
    public static bool TryParse(string? text, out StepId step)
    {
        step = default;
        if (text is null || text.LastIndexOf('/') is var slash && slash <= 0) return false;
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var ordinal)) return false;
        step = new StepId(text[..slash], ordinal);
        return true;
    }

    /// <summary><c>model/ordinal</c>, as headers, cuts and messages name it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Model}/{Ordinal}");
}
