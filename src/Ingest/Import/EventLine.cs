using System.Text;
using Tppo.Core.Events;
using Tppo.Core.Privacy;
using Tppo.Core.Text;

namespace Tppo.Ingest.Import;

/// <summary>Reads one line of an event file: TSV with the columns user, ts, type, text, url, or JSON.</summary>
public static class EventLine
{
    /// <summary>The header of TSV files.</summary>
    public const string TsvHeader = "user\tts\ttype\ttext\turl";

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The event of a line.</summary>
    /// <param name="bytes">The line.</param>
    /// <param name="json">Whether the file is JSONL.</param>
    /// <param name="id">The id that the line gives the event; JSON lines bring their own.</param>
    /// <exception cref="FormatException">No event: what was expected and what was found.</exception>
    public static UserEvent Read(ReadOnlySpan<byte> bytes, bool json, string id) => json ? ReadJson(bytes) : ReadTsv(Text(bytes), id);

    /// <summary>Bytes as text.</summary>
    /// <exception cref="FormatException">Not UTF-8.</exception>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var text = Strict.GetString(bytes);
            return text.Contains('\0', StringComparison.Ordinal) ? throw new FormatException("expected text, found a zero byte") : text;
        }
        catch (DecoderFallbackException e)
        {
            throw new FormatException($"expected UTF-8, found byte 0x{e.BytesUnknown?.FirstOrDefault():X2} at {e.Index}", e);
        }
    }

    private static UserEvent ReadJson(ReadOnlySpan<byte> bytes)
    {
        _ = Text(bytes);
        var e = EventJson.Read(bytes);
        if (e.User.Length == 0) throw new FormatException("expected a user, found none");
        return EventLimits.IdFault(e.Id) is { Length: > 0 } fault ? throw new FormatException(fault) : e;
    }

    private static UserEvent ReadTsv(string line, string id)
    {
        var columns = line.Split('\t');
        if (columns.Length != 5) throw new FormatException($"expected 5 columns (user, ts, type, text, url), found {columns.Length}");
        if (columns[0].Length == 0) throw new FormatException("expected a user, found none");
        if (!EventTime.TryParse(columns[1], out var time)) throw new FormatException($"expected an ISO-8601 time, found {Quoted(columns[1])}");
        if (!EventTypes.TryParse(columns[2], out var type)) throw new FormatException($"expected search, click, purchase or visit, found {Quoted(columns[2])}");
        return new UserEvent(id, columns[0], time, type, columns[3], columns[4]);
    }

    // People's text goes into messages only redacted, cut short and without controls.
    private static string Quoted(string text)
    {
        var redacted = Redaction.Apply(text, out _);
        return $"'{Printable.Of(redacted, 40)}'";
    }
}
