using System.Globalization;
using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Rollouts;
using Tppo.Core.Windows;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.TestKit;

/// <summary>An embedded log with holes in its offsets, in a temporary folder, and short ways to put facts on it.</summary>
public sealed class TestLog : IDisposable
{
    private readonly EmbeddedLogFactory factory = new();
    private readonly ManualClock clock;

    public TestLog(ManualClock? clock = null)
    {
        this.clock = clock ?? new ManualClock();
        Log = Open();
    }

    public IEventLog Log { get; private set; }

    public string Folder => factory.Folder;

    public void Reopen()
    {
        Log.Dispose();
        Log = Open();
    }

    public void Dispose()
    {
        Log.Dispose();
        factory.Dispose();
    }

    public void Append(params OutgoingRecord[] records) => Log.Append(records);

    /// <summary>Windows of users u0 … uN−1, whose buckets are their numbers, some per user, then end marks of the stage.</summary>
    public void AppendWindows(int users, int perUser = 1, string text = "a", bool ends = true)
    {
        Append([.. Enumerable.Range(0, users * perUser).Select(i => Window($"u{i % users}", $"w{i:D4}", i % users, text))]);
        if (ends) Append([.. Enumerable.Range(0, Log.Partitions(Topics.Windows)).Select(p => EndMark.Of("import", Topics.Windows, p))]);
    }

    public IEnumerable<OffsetRange> All(string topic) => Enumerable.Range(0, Log.Partitions(topic))
        .Select(p => new TopicPartition(topic, p))
        .Select(p => new OffsetRange(p, Log.Bounds(p).Start, Log.Bounds(p).End));

    public List<LogRecord> Records(string topic) => [.. Enumerable.Range(0, Log.Partitions(topic)).SelectMany(p => Log.Read(new TopicPartition(topic, p), 0))];

    public static OutgoingRecord Window(string user, string id, int bucket, string text) => new()
    {
        Topic = Topics.Windows,
        Key = user,
        Value = WindowJson.Write(new Window(id, user, [new HistoryEvent(EventType.Search, DateTime.UnixEpoch, text, "")], ["b", "c", "d"])),
        Headers = CloudEvent.Headers(
            id, "tppo/windows", "tppo.window.v1", "", CloudEvent.Json, new Header(HeaderNames.Bucket, bucket.ToString(CultureInfo.InvariantCulture))),
    };

    public static RolloutRow Row(string user, int number, string response = " red shoes") => new()
    {
        RolloutId = Digest.Sha256Hex(user, $"{number}"),
        WindowId = $"w{user}",
        User = user,
        Purpose = Purposes.Label,
        PolicyVersion = "p",
        Sample = number,
        Seed = 1,
        PromptIds = [1, 2],
        ResponseIds = [3, 4],
        LogProbs = [-1, -2],
        ByteStarts = [0, 4],
        ByteEnds = [4, 10],
        Response = response,
        Finished = true,
    };

    private IEventLog Open() => factory.Open(new LogSetup { OffsetHoleEvery = 3, Clock = clock });
}
