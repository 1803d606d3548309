using Tppo.Core.Events;
using Tppo.Core.Log;
using Tppo.Core.Windows;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Ingest.Tests;

/// <summary>Events as they stand on the event topics, and what is found of them downstream.</summary>
internal static class LiveEvents
{
    public static DateTime Start { get; } = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public static OutgoingRecord Record(UserEvent e, string source = "live") => new()
    {
        Topic = EventTopics.Of(e.Type),
        Key = e.User,
        Value = EventJson.Write(e),
        Headers = CloudEvent.Headers(e.Id, source, $"tppo.{e.Type.Name()}.v1", EventTime.Format(e.Time), CloudEvent.Json, new Header(HeaderNames.Bucket, "1")),
    };

    public static IEnumerable<OutgoingRecord> Ends(string stage, int partitions) =>
        EventTopics.All.SelectMany(t => Enumerable.Range(0, partitions).Select(p => EndMark.Of(stage, t, p)));

    public static List<LogRecord> Facts(ServiceKit kit, string topic) => kit.Records(topic).FindAll(r => !Marks.Is(r));

    public static string[] Windows(ServiceKit kit) => Sorted(Facts(kit, Topics.Windows).Select(r => Convert.ToHexString(r.Value.Span)));

    public static string[] Windows(IEnumerable<UserEvent> events, ServiceKit kit) =>
        Sorted(Windower.Windows(events, kit.Settings.Windows).Select(w => Convert.ToHexString(WindowJson.Write(w))));

    private static string[] Sorted(IEnumerable<string> values) => [.. values.Order(StringComparer.Ordinal)];
}
