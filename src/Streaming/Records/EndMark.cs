using Tppo.Streaming.Log;

namespace Tppo.Streaming.Records;

/// <summary>
/// Says on a partition that a stage has written all that it will: an empty value, <c>ce_type</c> tppo.end.v1, and an id
/// stage/topic/partition. No event; counted nowhere.
/// </summary>
public static class EndMark
{
    /// <summary>Type of end marks.</summary>
    public const string Type = "tppo.end.v1";

    /// <summary>The mark of a stage on one partition.</summary>
    public static OutgoingRecord Of(string stage, string topic, int partition) => new()
    {
        Topic = topic,
        Partition = partition,
        Headers = CloudEvent.Headers($"{stage}/{topic}/{partition}", "tppo", Type, "", CloudEvent.Json),
    };

    /// <summary>Whether a record is an end mark, and of which stage.</summary>
    public static bool Is(LogRecord record, out string stage)
    {
        stage = "";
        if (record.Value.Length > 0 || record.Header(HeaderNames.Type) != Type) return false;
        var id = record.Header(HeaderNames.Id) ?? "";
        var place = $"/{record.Topic}/{record.Partition}";
        stage = id.EndsWith(place, StringComparison.Ordinal) ? id[..^place.Length] : id;
        return true;
    }
}
