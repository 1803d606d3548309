using Tppo.Core.Numerics;
using Tppo.Streaming.Log;

namespace Tppo.Streaming.Records;

/// <summary>Builds headers in CloudEvents' Kafka binary mode.</summary>
public static class CloudEvent
{
    /// <summary>Content type of JSON payloads.</summary>
    public const string Json = "application/json";

    /// <summary>Content type of Arrow payloads.</summary>
    public const string Arrow = "application/vnd.apache.arrow.stream";

    private static readonly Header SpecVersion = new("ce_specversion", "1.0");
    private static readonly Header JsonContent = new("content-type", Json);

    /// <summary>The headers of a record.</summary>
    /// <param name="id">Made from what the record holds, never from clock, offset or chance.</param>
    /// <param name="source">Who says so.</param>
    /// <param name="type">What kind of fact, e.g. <c>tppo.window.v1</c>.</param>
    /// <param name="time">ISO-8601 time of the event; empty leaves the header out.</param>
    /// <param name="contentType"><see cref="Json"/> or <see cref="Arrow"/>.</param>
    /// <param name="more">Our own headers.</param>
    public static IReadOnlyList<Header> Headers(string id, string source, string type, string time, string contentType, params ReadOnlySpan<Header> more)
    {
        var headers = new List<Header>(8 + more.Length)
        {
            SpecVersion,
            new(HeaderNames.Id, id),
            new(HeaderNames.Source, source),
            new(HeaderNames.Type, type),
        };
        if (time.Length > 0) headers.Add(new(HeaderNames.Time, time));
        headers.Add(new("ce_dataschema", type));
        headers.Add(contentType == Json ? JsonContent : new("content-type", contentType));
        headers.Add(new("traceparent", TraceParent(id)));
        headers.AddRange(more);
        return headers;
    }

    // A trace begins with the fact itself: its ids come from the fact's, so that the same facts have the same bytes.
    private static string TraceParent(string id)
    {
        return string.Create("00-".Length + 32 + 1 + 16 + "-01".Length, Digest.Sha256(id), static (text, hash) =>
        {
            "00-".CopyTo(text);
            Convert.TryToHexStringLower(hash.AsSpan(0, 16), text[3..], out _);
            text[35] = '-';
            Convert.TryToHexStringLower(hash.AsSpan(16, 8), text[36..], out _);
            "-01".CopyTo(text[52..]);
        });
    }
}
