using System.Globalization;
using System.Text;
using Tppo.Core.Cuts;
using Tppo.Core.Log;
using Tppo.Core.Models;
using Tppo.Core.Privacy;
using Tppo.Core.Settings;
using Tppo.Core.Windows;
using Tppo.Core.World;
using Tppo.Facts.Cuts;
using Tppo.Facts.Models;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.Streaming.Wire;

namespace Tppo.TestKit;

/// <summary>Facts that a service finds on the log, put there without the service that makes them.</summary>
public static class WorldFacts
{
    public static Fold OneFold(this RunSettings settings) => new(0, 1, settings.Split.HeldOutBuckets);

    /// <summary>The windows of the run's search world on <c>windows.v1</c>, an end mark behind them on every partition.</summary>
    public static IReadOnlyList<Window> AppendWindows(this IEventLog log, RunSettings settings)
    {
        var pseudonyms = Pseudonyms.ForDemo(settings.Seed);
        var buckets = new Dictionary<string, int>();
        var events = new SearchWorld(settings.Seed, settings.Input.World).Events().Select(e =>
        {
            var inside = e with { User = pseudonyms.Pseudonym(e.User) };
            buckets[inside.User] = pseudonyms.Bucket(e.User);
            return inside;
        });
        Window[] windows = [.. Windower.Windows(events, settings.Windows)];
        log.Append([.. windows.Select(w => Record(w, buckets[w.User]))]);
        log.AppendEnds("world", Topics.Windows);
        return windows;
    }

    public static void AppendEnds(this IEventLog log, string stage, string topic) =>
        log.Append([.. Enumerable.Range(0, log.Partitions(topic)).Select(p => EndMark.Of(stage, topic, p))]);

    /// <summary>The cut over all of <c>windows.v1</c> that a policy's first step takes.</summary>
    public static Cut AppendWindowCut(this IEventLog log, RunSettings settings)
    {
        var ranges = Enumerable.Range(0, log.Partitions(Topics.Windows))
            .Select(p => new TopicPartition(Topics.Windows, p)).Select(p => new OffsetRange(p, 0, log.Bounds(p).End));
        var cut = new CutBuilder(settings, new StepId(ModelFamilies.Policy, 0)).Over(log, ranges);
        new ModelLog(log).Write(cut);
        return cut;
    }

    /// <summary>The fact that a checkpoint was produced, behind the cuts of the steps that it took; a cut that is not there yet is one over nothing.</summary>
    public static CheckpointProduced AppendCheckpoint(
        this IEventLog log, RunSettings settings, string model, string checkpoint, int version = 0, bool final = false)
    {
        var produced = new CheckpointProduced(
            1, CheckpointProduced.KindName, model, version, checkpoint, version, final, settings.OneFold(),
            new Dictionary<string, string>(), new Dictionary<string, double>());
        var models = new ModelLog(log);
        models.Refresh();
        foreach (var step in Enumerable.Range(0, version + 1).Select(ordinal => new StepId(model, ordinal)).Where(s => models.Cut(s) is null))
            models.Write(new CutBuilder(settings, step).Over(log, []));
        models.Write(produced);
        return produced;
    }

    public static int PartitionOf(string user, int partitions) => Murmur2.Partition(Encoding.UTF8.GetBytes(user), partitions);

    private static OutgoingRecord Record(Window window, int bucket) => new()
    {
        Topic = Topics.Windows,
        Key = window.User,
        Value = WindowJson.Write(window),
        Headers = CloudEvent.Headers(
            window.Id, "tppo/test", "tppo.window.v1", "", CloudEvent.Json, new Header(HeaderNames.Bucket, bucket.ToString(CultureInfo.InvariantCulture))),
    };
}
