using System.Globalization;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Windows;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.Cuts;

/// <summary>Takes windows out of a cut over <c>windows.v1</c>, in bounded memory.</summary>
public static class WindowCut
{
    /// <summary>A sample of training windows: the <paramref name="Count"/> with the smallest SHA-256(seed ‖ window id).</summary>
    public readonly record struct Sample(int Count, long Seed);

    /// <summary>The samples of training users' windows, each in order of its hash; one pass serves them all.</summary>
    public static IReadOnlyList<Window>[] Training(IEventLog log, Cut cut, Fold fold, params ReadOnlySpan<Sample> samples)
    {
        var taken = new SmallestByHash<LogRecord>[samples.Length];
        for (var i = 0; i < taken.Length; i++) taken[i] = new SmallestByHash<LogRecord>(samples[i].Count, samples[i].Seed);
        CutReader.ForEach(log, cut, record =>
        {
            if (fold.IsHeldOut(Bucket(record))) return;
            foreach (var sample in taken) sample.Offer(record.Header(HeaderNames.Id)!, () => record);
        });
        return [.. taken.Select(t => (IReadOnlyList<Window>)[.. t.Taken().Select(r => WindowJson.Read(r.Value))])];
    }

    /// <summary>Every training user's windows: for statistics of small logs.</summary>
    public static IReadOnlyList<Window> AllTraining(IEventLog log, Cut cut, Fold fold)
    {
        var windows = new List<Window>();
        CutReader.ForEach(log, cut, record =>
        {
            if (!fold.IsHeldOut(Bucket(record))) windows.Add(WindowJson.Read(record.Value));
        });
        return windows;
    }

    /// <summary>The newest window of each held-out user, in order of window ids.</summary>
    public static IReadOnlyList<Window> HeldOut(IEventLog log, Cut cut, Fold fold)
    {
        var newest = new Dictionary<string, LogRecord>();
        CutReader.ForEach(log, cut, record =>
        {
            if (fold.IsHeldOut(Bucket(record))) newest[record.Key!] = record;
        });
        return [.. newest.Values.Select(r => WindowJson.Read(r.Value)).OrderBy(w => w.Id, StringComparer.Ordinal)];
    }

    /// <summary>How many users have windows in the cut's ranges.</summary>
    public static int Users(IEventLog log, Cut cut)
    {
        var users = new HashSet<string>();
        CutReader.ForEach(log, cut, record => users.Add(record.Key!));
        return users.Count;
    }

    /// <summary>The bucket of each user who has windows in some ranges, before there is a cut.</summary>
    public static IReadOnlyCollection<int> BucketsOfUsers(IEventLog log, IEnumerable<OffsetRange> ranges)
    {
        var buckets = new Dictionary<string, int>();
        var step = new StepId(ModelFamilies.Policy, 0);
        foreach (var (place, from, to) in ranges)
        {
            foreach (var record in log.Read(place, from, to).Where(r => CutBuilder.Belongs(r, step))) buckets.TryAdd(record.Key!, Bucket(record));
        }

        return buckets.Values;
    }

    private static int Bucket(LogRecord record) => int.Parse(record.Header(HeaderNames.Bucket)!, CultureInfo.InvariantCulture);
}
