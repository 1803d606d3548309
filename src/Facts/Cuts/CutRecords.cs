using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Streaming.Log;

namespace Tppo.Facts.Cuts;

/// <summary>Records of one stretch of a partition, in order.</summary>
public sealed record RangeRecords(OffsetRange Range, IReadOnlyList<LogRecord> Records);

/// <summary>A cut and its records, which are those that it names: for cuts that are small, as those of one update are.</summary>
public sealed record CutRecords(Cut Cut, IReadOnlyList<LogRecord> Records)
{
    /// <summary>Reads the records of a cut.</summary>
    /// <exception cref="CutMismatchException">The log no longer holds what the cut named.</exception>
    public static CutRecords Read(IEventLog log, Cut cut)
    {
        var records = new List<LogRecord>();
        CutReader.ForEach(log, cut, records.Add);
        return new CutRecords(cut, records);
    }
}
