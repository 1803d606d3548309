using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using Tppo.Core.Log;
using Tppo.Core.Numerics;
using Tppo.Core.Privacy;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Facts.DeadLetters;

/// <summary>What a service could not use, kept with its cause on <c>&lt;service&gt;.dlq.v1</c>.</summary>
public static class DeadLetter
{
    /// <summary>Most of a value that is kept, in bytes.</summary>
    public const int ValueBytesMax = 64 * 1024;

    /// <summary>A dead letter.</summary>
    /// <param name="service">Who could not use it.</param>
    /// <param name="cause">What was expected and what was found.</param>
    /// <param name="from">Where it stood: file:line, or topic/partition/offset.</param>
    /// <param name="value">What could be read of it, redacted.</param>
    /// <param name="length">Its full length in bytes.</param>
    /// <param name="sha256">Hash of all of it, in hex.</param>
    /// <param name="key">The user's pseudonym where it is known.</param>
    public static OutgoingRecord Of(
        string service, string cause, string from, ReadOnlyMemory<byte> value, long length, string sha256, string? key = null)
    {
        return new OutgoingRecord
        {
            Topic = Topics.DeadLetters(service),
            Key = key,
            Value = value[..Math.Min(value.Length, ValueBytesMax)],
            Headers = CloudEvent.Headers(
                Digest.Sha256Hex(service, from, sha256), $"tppo/{service}", "tppo.dead-letter.v1", "", "application/octet-stream",
                new Header(HeaderNames.Cause, cause), new Header(HeaderNames.From, from),
                new Header("tppo-length", length.ToString(CultureInfo.InvariantCulture)), new Header("tppo-sha256", sha256)),
        };
    }

    /// <summary>A dead letter of a record of the log.</summary>
    /// <param name="service">Who could not use it.</param>
    /// <param name="cause">What was expected and what was found.</param>
    /// <param name="record">The record.</param>
    public static OutgoingRecord Of(string service, string cause, LogRecord record) => Of(
        service, cause, string.Create(CultureInfo.InvariantCulture, $"{record.Topic}/{record.Partition}/{record.Offset}"), Redacted(record.Value),
        record.Value.Length, Convert.ToHexStringLower(SHA256.HashData(record.Value.Span)), record.Key);

    // Only as much as is kept is looked at; what is no text holds nothing that can be found in it.
    private static ReadOnlyMemory<byte> Redacted(ReadOnlyMemory<byte> value)
    {
        value = value[..Math.Min(value.Length, ValueBytesMax)];
        if (!Utf8.IsValid(value.Span)) return value;
        var text = Encoding.UTF8.GetString(value.Span);
        var redacted = Redaction.Apply(text, out var found);
        return found == RedactionKinds.None ? value : Encoding.UTF8.GetBytes(redacted);
    }
}
