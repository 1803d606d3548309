using System.Buffers.Binary;
using System.Globalization;
using Tppo.Core.Judging.Canaries;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Settings;

namespace Tppo.Labeler;

/// <summary>Which rollouts are judged, and where a canary goes along: a hash of the rollout's id decides, so that it is the same each time.</summary>
/// <param name="settings">The run's settings.</param>
internal sealed class LabelSampling(RunSettings settings)
{
    /// <summary>The rows that are to be judged.</summary>
    public IReadOnlyList<RolloutRow> Chosen(IReadOnlyList<RolloutRow> rows) =>
        settings.Labels.Rate >= 1 ? rows : [.. rows.Where(r => Share("label sampling", r.RolloutId) < settings.Labels.Rate)];

    /// <summary>The canary that goes along with a row; null: none.</summary>
    public Canary? CanaryFor(RolloutRow row) => Share("canary", row.RolloutId) < settings.Judge.CanaryRate
        ? Canary.Of(settings.Seed, BinaryPrimitives.ReadInt32BigEndian(Digest.Sha256("canary number", row.RolloutId)) & int.MaxValue)
        : null;

    private double Share(string purpose, string id)
    {
        var hash = Digest.Sha256(purpose, settings.Seed.ToString(CultureInfo.InvariantCulture), id);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53));
    }
}
