using Tppo.Learning.Models;

namespace Tppo.Learning.Training;

/// <summary>Where supervised fine-tuning leaves what it has on its way, so that a stop does not cost all of it.</summary>
public interface ISftWay
{
    /// <summary>What a session that was stopped has left; null: nothing. The caller owns it.</summary>
    SftLeft? Left();

    /// <summary>Told between two steps; may keep what it is shown.</summary>
    /// <param name="policy">The policy as it is.</param>
    /// <param name="optimiser">Its optimiser.</param>
    /// <param name="curve">Figures of the steps behind.</param>
    /// <param name="stopping">Whether the session ends here, asked to stop.</param>
    void Between(Decoder policy, AdamW optimiser, IReadOnlyList<StepStats> curve, bool stopping);
}
