using System.Globalization;
using Tppo.Core.Events;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Records;

/// <summary>
/// Says on a partition of an event topic that it brought nothing for so long that it is taken as read up to a time: an empty value,
/// <c>ce_type</c> tppo.idle.v1, an id idle/topic/partition/time, and the time in <c>ce_time</c>. Wall clock decided when it was written;
/// what follows from it is read from the log. No event; counted nowhere.
/// </summary>
public static class IdleMark
{
    /// <summary>Type of idle marks.</summary>
    public const string Type = "tppo.idle.v1";

    /// <summary>The mark of one partition.</summary>
    public static OutgoingRecord Of(string topic, int partition, DateTime time)
    {
        var text = EventTime.Format(time);
        return new OutgoingRecord
        {
            Topic = topic,
            Partition = partition,
            Headers = CloudEvent.Headers(string.Create(CultureInfo.InvariantCulture, $"idle/{topic}/{partition}/{text}"), "tppo", Type, text, CloudEvent.Json),
        };
    }

    /// <summary>Whether a record is an idle mark, and up to which time it takes its topic as read.</summary>
    public static bool Is(LogRecord record, out DateTime time)
    {
        time = default;
        return record.Value.Length == 0 && record.Header(HeaderNames.Type) == Type && EventTime.TryParse(record.Header(HeaderNames.Time), out time);
    }
}
