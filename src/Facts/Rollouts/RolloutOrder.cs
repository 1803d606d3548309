using System.Globalization;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Facts.Cuts;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;

namespace Tppo.Facts.Rollouts;

/// <summary>Puts a step's rows into the order in which it learns from them, whatever partitions they came from.</summary>
public static class RolloutOrder
{
    /// <summary>All rows of one step, by reading through the topic.</summary>
    public static IEnumerable<RolloutRow> OfStep(IEventLog log, StepId step) => new TopicTail(log, Topics.Rollouts).Read()
        .Where(r => CutBuilder.Belongs(r, step))
        .SelectMany(r => RolloutCodec.Decode(r.Value));

    /// <summary>Rows of some records, grouped by window in order of SHA-256(seed ‖ window id), samples by number.</summary>
    public static IReadOnlyList<IReadOnlyList<RolloutRow>> ByWindow(IEnumerable<LogRecord> records, long seed) =>
        ByWindow(records.SelectMany(r => RolloutCodec.Decode(r.Value)), seed);

    /// <summary>The same of rows.</summary>
    public static IReadOnlyList<IReadOnlyList<RolloutRow>> ByWindow(IEnumerable<RolloutRow> rows, long seed) =>
    [
        .. rows.GroupBy(r => r.WindowId)
            .OrderBy(g => Digest.Sha256Hex(seed.ToString(CultureInfo.InvariantCulture), g.Key), StringComparer.Ordinal)
            .Select(g => (IReadOnlyList<RolloutRow>)[.. g.OrderBy(r => r.Sample)]),
    ];
}
