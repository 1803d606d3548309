using System.Globalization;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Facts.Forms;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Cuts;

/// <summary>Makes the cut of a step: over all records of the step's kind in some ranges.</summary>
/// <param name="settings">The run's settings.</param>
/// <param name="step">The step.</param>
public sealed class CutBuilder(RunSettings settings, StepId step)
{
    private readonly List<CutRange> ranges = [];
    private readonly List<string> hashes = [];

    /// <summary>Version of the code, as it stands in cuts.</summary>
    public static string CodeVersion { get; } = typeof(CutBuilder).Assembly.GetName().Version!.ToString(3);

    /// <summary>Checkpoint of the reward model that the step uses, or empty.</summary>
    public string RewardModel { get; init; } = "";

    /// <summary>Checkpoint of the reference policy that the step uses, or empty.</summary>
    public string ReferencePolicy { get; init; } = "";

    /// <summary>Whether a record is of a step's kind: a window, or made for that step; marks never are.</summary>
    public static bool Belongs(LogRecord record, StepId step) => !Marks.Is(record)
        && (record.Topic == Topics.Windows || (StepId.TryParse(record.Header(HeaderNames.Step), out var of) && of == step))
        && RecordForm.Fault(record) is null;

    /// <summary>The cut over what the log holds in some ranges, in bounded memory.</summary>
    public Cut Over(IEventLog log, IEnumerable<OffsetRange> over)
    {
        foreach (var range in InOrder(over, r => r)) Add(range, log.Read(range.Place, range.From, range.To));
        return Done();
    }

    /// <summary>The cut over records that have just been read.</summary>
    public CutRecords With(IEnumerable<RangeRecords> read)
    {
        List<LogRecord> all = [];
        foreach (var part in InOrder(read, r => r.Range))
        {
            Add(part.Range, part.Records);
            all.AddRange(part.Records.Where(r => Belongs(r, step)));
        }

        return new CutRecords(Done(), all);
    }

    private static IEnumerable<T> InOrder<T>(IEnumerable<T> parts, Func<T, OffsetRange> rangeOf) =>
        parts.OrderBy(p => rangeOf(p).Place.Topic, StringComparer.Ordinal).ThenBy(p => rangeOf(p).Place.Partition);

    private void Add(OffsetRange range, IEnumerable<LogRecord> records)
    {
        var before = hashes.Count;
        foreach (var record in records)
        {
            if (Belongs(record, step)) hashes.Add(RecordHash.Of(record.Header(HeaderNames.Id) ?? "", record.Value.Span));
        }

        ranges.Add(new CutRange(range.Place.Topic, range.Place.Partition, range.From, range.To, hashes.Count - before));
    }

    private Cut Done() => new(
        1, step.Model, step.Ordinal, step.Ordinal - 1, ranges, hashes, RecordHash.Digest(hashes),
        Digest.Seed(settings.Seed, step.Model, step.Ordinal.ToString(CultureInfo.InvariantCulture)),
        RunSettingsJson.Hash(settings), CodeVersion, settings.Threads, RewardModel, ReferencePolicy);
}
