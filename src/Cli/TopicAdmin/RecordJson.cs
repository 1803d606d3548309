using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;

namespace Tppo.Cli.TopicAdmin;

/// <summary>One record as one line of JSON; its buffers are used again for the next.</summary>
internal sealed class RecordJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> line = new();
    private readonly ArrayBufferWriter<byte> value = new();

    /// <summary>The line with its line feed; holds until the next call.</summary>
    public ReadOnlyMemory<byte> Line(LogRecord record)
    {
        line.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(line, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("topic", record.Topic);
            writer.WriteNumber("partition", record.Partition);
            writer.WriteNumber("offset", record.Offset);
            writer.WriteString(
                "timestamp", record.Timestamp.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture));
            writer.WriteString("key", record.Key);
            WriteHeaders(record.Headers, writer);
            writer.WritePropertyName("value");
            writer.WriteRawValue(Value(record), skipInputValidation: true);
            writer.WriteEndObject();
        }

        line.Write("\n"u8);
        return line.WrittenMemory;
    }

    private static void WriteHeaders(IReadOnlyList<Header> headers, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("headers");
        foreach (var same in headers.GroupBy(h => h.Name, StringComparer.Ordinal))
        {
            string[] values = [.. same.Select(h => h.Value)];
            if (values.Length == 1)
            {
                writer.WriteString(same.Key, values[0]);
                continue;
            }

            writer.WriteStartArray(same.Key);
            foreach (var one in values) writer.WriteStringValue(one);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private ReadOnlySpan<byte> Value(LogRecord record)
    {
        value.ResetWrittenCount();
        if (record.Value.IsEmpty) return "null"u8;
        var content = record.Header("content-type");
        string? error = null;
        if (content == CloudEvent.Arrow)
        {
            try
            {
                using var rows = new Utf8JsonWriter(value, Options);
                ArrowJson.WriteRows(record.Value, rows);
            }
            catch (FormatException e)
            {
                error = e.Message;
            }

            if (error is null) return value.WrittenSpan;
            value.ResetWrittenCount();
        }
        else if (TryWriteJson(record.Value.Span))
        {
            return value.WrittenSpan;
        }
        else if (content == CloudEvent.Json)
        {
            error = "expected JSON, found other bytes";
        }

        using var bytes = new Utf8JsonWriter(value, Options);
        bytes.WriteStartObject();
        bytes.WriteBase64String("base64", record.Value.Span);
        if (error is not null) bytes.WriteString("error", error);
        bytes.WriteEndObject();
        bytes.Flush();
        return value.WrittenSpan;
    }

    /// <summary>
    /// JSON as it was written, numbers and all, but on one line and without the control characters U+0080 to U+009F, which steer
    /// some terminals: valid JSON has a line break only between tokens, where a space does as well, and those only in texts.
    /// </summary>
    private bool TryWriteJson(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json)) return false;
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                // To the end: what is no JSON throws.
            }
        }
        catch (JsonException)
        {
            return false;
        }

        while (json.IndexOfAny((byte)'\n', (byte)'\r', (byte)0xC2) is var at and >= 0)
        {
            value.Write(json[..at]);
            if (json[at] != 0xC2)
            {
                value.Write(" "u8);
                json = json[(at + 1)..];
                continue;
            }

            if (json[at + 1] < 0xA0) value.Write(System.Text.Encoding.ASCII.GetBytes($"\\u{json[at + 1]:x4}"));
            else value.Write(json.Slice(at, 2));
            json = json[(at + 2)..];
        }

        value.Write(json);
        return true;
    }
}
