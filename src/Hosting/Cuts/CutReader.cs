using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Settings;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Hosting.Cuts;

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
        foreach (var range in cut.Ranges)
        {
            var before = found.Count;
            foreach (var record in log.Read(new TopicPartition(range.Topic, range.Partition), range.From, range.To))
            {
                if (!CutBuilder.Belongs(record, cut.Id)) continue;
                var hash = RecordHash.Of(record.Header(HeaderNames.Id) ?? "", record.Value.Span);
                if (found.Count >= cut.RecordHashes.Count || cut.RecordHashes[found.Count] != hash)
                    throw Mismatch($"cut {cut.Id}: {range.Topic}/{range.Partition}/{record.Offset}: not the record that the cut named");
                found.Add(hash);
                show(record);
            }

            if (found.Count - before != range.Records)
                throw Mismatch($"cut {cut.Id}: {range.Topic}/{range.Partition}: expected {range.Records} records, found {found.Count - before}");
        }

        if (RecordHash.Digest(found) != cut.Digest) throw Mismatch($"cut {cut.Id}: the digest differs");
    }

    /// <summary>Refuses to take a step under other settings than those that its cut was written under.</summary>
    /// <exception cref="CutMismatchException">The settings differ.</exception>
    public static void RequireSettings(Cut cut, RunSettings settings)
    {
        if (cut.SettingsHash != RunSettingsJson.Hash(settings)) throw Mismatch($"cut {cut.Id}: written under other run settings than run.json holds now");
    }

    /// <summary>All records of a cut, checked. For cuts that are small, as those of one update are.</summary>
    public static IReadOnlyList<LogRecord> All(IEventLog log, Cut cut)
    {
        var records = new List<LogRecord>();
        ForEach(log, cut, records.Add);
        return records;
    }

    private static CutMismatchException Mismatch(string message)
    {
        Metrics.CutDigestMismatch.Inc();
        return new CutMismatchException(message);
    }
}
