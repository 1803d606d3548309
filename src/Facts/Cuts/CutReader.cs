using Tppo.Core.Cuts;
using Tppo.Core.Settings;
using Tppo.Facts.Forms;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Cuts;

/// <summary>Reads what a cut names, and vouches for it.</summary>
public static class CutReader
{
    /// <summary>
    /// Shows each record of the cut in order of topic, partition and offset, then checks hashes, counts and digest. What
    /// was made of the records must not be used unless this returns.
    /// </summary>
    /// <exception cref="CutMismatchException">The log no longer holds what the cut named: the trainer must halt.</exception>
    public static void ForEach(IEventLog log, Cut cut, Action<LogRecord> show)
    {
        var found = new List<string>(cut.RecordHashes.Count);
        string? unlike = null;
        foreach (var range in cut.Ranges)
        {
            var (place, from, to) = range.Offsets;
            var before = found.Count;
            foreach (var record in log.Read(place, from, to))
            {
                if (!CutBuilder.Belongs(record, cut.Step))
                {
                    // A damaged record looks like one that was never ours: where one is missing, this may be why.
                    if (unlike is null && RecordForm.Fault(record) is { } fault) unlike = $"{place}/{record.Offset}: {fault}: ";
                    continue;
                }

                var hash = RecordHash.Of(record.Header(HeaderNames.Id) ?? "", record.Value.Span);
                if (found.Count >= cut.RecordHashes.Count || cut.RecordHashes[found.Count] != hash)
                    throw new CutMismatchException($"cut {cut.Step}: {unlike ?? $"{place}/{record.Offset}: "}not the record that the cut named");
                found.Add(hash);
                show(record);
            }

            if (found.Count - before != range.Records)
                throw new CutMismatchException($"cut {cut.Step}: {unlike ?? $"{place}: "}expected {range.Records} records, found {found.Count - before}");
        }

        if (RecordHash.Digest(found) != cut.Digest) throw new CutMismatchException($"cut {cut.Step}: the digest differs");
    }

    /// <summary>Refuses to take a step under other settings than those that its cut was written under.</summary>
    /// <exception cref="CutMismatchException">The settings differ.</exception>
    public static void RequireSettings(Cut cut, RunSettings settings)
    {
        if (cut.SettingsHash != RunSettingsJson.Hash(settings))
            throw new CutMismatchException($"cut {cut.Step}: written under other run settings than run.json holds now");
    }
}
