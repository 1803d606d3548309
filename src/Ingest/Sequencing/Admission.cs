using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tppo.Core.Events;
using Tppo.Core.Privacy;
using Tppo.Hosting.Instruments;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Ingest.Sequencing;

/// <summary>
/// Lets records of the event topics in. Anybody may write to them: what did not come by an importer, which has done it already, is
/// validated, redacted and counted here, and is put on the timeline as it then is.
/// </summary>
internal static class Admission
{
    private const int BucketCount = 1000;
    private static readonly Dictionary<string, EventType> Types = EventTypes.All.ToDictionary(t => $"tppo.{t.Name()}.v1");

    /// <summary>Whether a record is an event that can be used.</summary>
    /// <param name="record">As it stands on the log.</param>
    /// <param name="isImported">Whether an importer wrote it.</param>
    /// <param name="admitted">As it goes on.</param>
    /// <param name="order">Its place.</param>
    /// <param name="cause">What was expected and found, where it cannot be used.</param>
    internal static bool TryAdmit(LogRecord record, bool isImported, out LogRecord admitted, out EventOrder order, out string cause)
    {
        admitted = record;
        if (!TryOrder(record, out order, out cause)) return false;
        if (isImported)
        {
            if (WithBucket(record) is var headers && !ReferenceEquals(headers, record.Headers)) admitted = record with { Headers = headers };
            return true;
        }

        if (EventTopics.Of(order.Type) != record.Topic)
        {
            cause = $"expected {record.Topic} to hold events of its own type, found tppo.{order.Type.Name()}.v1";
        }
        else
        {
            try
            {
                admitted = Checked(record, order);
            }
            catch (FormatException e)
            {
                cause = e.Message;
            }
        }

        IngestInstruments.EventsIngested.WithLabels(order.Type.Name(), cause.Length == 0 ? "accepted" : "refused").Inc();
        return cause.Length == 0;
    }

    private static LogRecord Checked(LogRecord record, EventOrder order)
    {
        var e = EventJson.Read(record.Value.Span);
        Require("id", order.Id, e.Id);
        Require("user", order.User, e.User);
        Require("type", order.Type.Name(), e.Type.Name());
        Require("time", EventTime.Format(order.Time), EventTime.Format(e.Time));
        var text = Redaction.Apply(e.Text, out var redacted);
        if (redacted != RedactionKinds.None) IngestInstruments.EventsRedacted.WithLabels(redacted.ToString().ToLowerInvariant()).Inc();
        var value = redacted == RedactionKinds.None ? record.Value : EventJson.Write(e with { Text = text });
        return record with { Value = value, Headers = WithBucket(record) };
    }

    private static void Require(string name, string header, string found)
    {
        if (header != found) throw new FormatException($"event: \"{name}\": expected what its headers and key say, found something else");
    }

    // Who is held out goes by the user: an importer knows the name, another producer's key is all there is.
    private static IReadOnlyList<Header> WithBucket(LogRecord record)
    {
        if (int.TryParse(record.Header(HeaderNames.Bucket), NumberStyles.None, CultureInfo.InvariantCulture, out var bucket) && bucket < BucketCount)
            return record.Headers;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(record.Key!));
        var ofKey = System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(hash) % BucketCount;
        return [.. record.Headers.Where(h => h.Name != HeaderNames.Bucket), new Header(HeaderNames.Bucket, ofKey.ToString(CultureInfo.InvariantCulture))];
    }

    private static bool TryOrder(LogRecord record, out EventOrder order, out string cause)
    {
        var (id, time, type) = (record.Header(HeaderNames.Id), record.Header(HeaderNames.Time), EventType.Search);
        order = default;
        var utc = default(DateTime);
        cause = EventLimits.IdFault(id) is { Length: > 0 } idFault ? $"header ce_id: {idFault}"
            : EventLimits.UserFault(record.Key) is { Length: > 0 } keyFault ? keyFault
            : !EventTime.TryParse(time, out utc) ? "expected an ISO-8601 time in the header ce_time"
            : "";
        if (cause.Length == 0 && !Types.TryGetValue(record.Header(HeaderNames.Type) ?? "", out type))
            cause = "expected tppo.search.v1, tppo.click.v1, tppo.purchase.v1 or tppo.visit.v1 in the header ce_type";
        if (cause.Length > 0) return false;
        order = new EventOrder(utc, type, record.Key!, id!);
        return true;
    }
}
