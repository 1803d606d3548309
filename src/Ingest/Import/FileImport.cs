using System.Security.Cryptography;
using System.Text;
using Tppo.Core;
using Tppo.Core.Events;
using Tppo.Core.Privacy;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;

namespace Tppo.Ingest.Import;

/// <summary>
/// A file of events: TSV or JSONL, plain or gzip. It is read through once before anything is appended: a bad file (gzip
/// check sum, header, no valid line, no window) is refused whole; a bad line is set aside with its cause.
/// </summary>
public sealed class FileImport : IImportSource
{
    private const int LineBytesMax = 1 << 20;
    private const int BadLinesMax = 1_000_000;
    private const int BadBytesMax = 64 << 20;
    private const int BadBytesKeptPastThat = 128;
    private readonly EventSorter sorter = new();
    private readonly List<BadLine> badLines = [];
    private long badBytes;

    private FileImport(string sha256, string name) => (Sha256, Id, Name) = (sha256, IdOf(sha256), name);

    /// <summary>SHA-256 of the file, in hex.</summary>
    public string Sha256 { get; }

    /// <inheritdoc/>
    public string Id { get; }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public long Count => sorter.Count;

    /// <inheritdoc/>
    public IReadOnlyList<BadLine> BadLines => badLines;

    /// <summary>Reads a file through.</summary>
    /// <exception cref="UserException">It cannot be used: one line that says where and why.</exception>
    public static FileImport Open(string path)
    {
        if (Directory.Exists(path)) throw new UserException($"{path}: expected a file, found a directory");
        if (!File.Exists(path)) throw new UserException($"{path}: no such file");
        if (new FileInfo(path).Length == 0) throw new UserException($"{path}: expected events, found an empty file");
        try
        {
            var import = new FileImport(HashOf(path), Path.GetFileName(path));
            var whole = false;
            try
            {
                import.ReadThrough(path);
                whole = true;
                return import;
            }
            finally
            {
                if (!whole) import.Dispose();
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new UserException($"{path}: expected a whole gzip file, found one that is cut short or damaged", e);
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new UserException($"{path}: cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The id of a file's import, by its content.</summary>
    public static string IdOf(string sha256) => $"file-{sha256[..16]}";

    /// <summary>Refuses a log in which nobody has enough searches for one window.</summary>
    public FileImport RequireWindow(string path, WindowSettings settings)
    {
        if (Windower.InOrder(Sorted(), settings).Any()) return this;
        var searches = Sorted().Count(e => e.Type == EventType.Search);
        Dispose();
        throw new UserException(
            $"{path}: expected somebody with {settings.Targets} searches after a first event, found nobody ({Count} events, {searches} searches): no "
                + $"windows to learn from");
    }

    /// <inheritdoc/>
    public IEnumerable<UserEvent> Sorted() => sorter.Sorted();

    /// <inheritdoc/>
    public void Dispose() => sorter.Dispose();

    private static string HashOf(string path)
    {
        using var stream = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }

    private static Stream Unpacked(string path)
    {
        var file = File.OpenRead(path);
        var (first, second) = (file.ReadByte(), file.ReadByte());
        file.Position = 0;
        return first == 0x1F && second == 0x8B ? new WholeGzipStream(file) : file;
    }

    private void ReadThrough(string path)
    {
        using var stream = Unpacked(path);
        var json = false;
        foreach (var line in new LineReader(stream, LineBytesMax).Lines())
        {
            if (line.Number == 1)
            {
                json = line.Bytes.Span.TrimStart(" \t\uFEFF"u8).StartsWith("{"u8);
                if (!json)
                {
                    RequireHeader(path, line);
                    continue;
                }
            }

            if (line.Bytes.Span.Trim(" \t"u8).Length > 0) Take(line, json);
        }

        if (sorter.Count > 0) return;
        var first = badLines.Count > 0 ? $"; line {badLines[0].Line}: {badLines[0].Cause}" : "";
        throw new UserException($"{path}: expected at least one event, found {badLines.Count} lines that are none{first}");
    }

    private static void RequireHeader(string path, FileLine line)
    {
        var found = "something that is no text";
        try
        {
            var text = EventLine.Text(line.Bytes.Span).TrimStart('\uFEFF');
            if (text == EventLine.TsvHeader) return;
            found = $"'{Printable.Of(Redaction.Apply(text.Replace('\t', ' '), out _), 60)}'";
        }
        catch (FormatException)
        {
            // A binary file: it is told so below.
        }

        throw new UserException($"{path}:1: expected the header '{EventLine.TsvHeader.Replace('\t', ' ')}' (tabs between) or a JSON object, found {found}");
    }

    private void Take(FileLine line, bool json)
    {
        try
        {
            if (line.IsTooLong) throw new FormatException($"expected at most {LineBytesMax} bytes, found {line.Length}");
            sorter.Add(EventLine.Read(line.Bytes.Span, json, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Id}-{line.Number:D9}")));
        }
        catch (FormatException e)
        {
            if (badLines.Count >= BadLinesMax)
                throw new UserException($"{Name}:{line.Number}: more than {BadLinesMax} lines are no events: this is not an event file", e);
            var kept = Math.Min(line.Bytes.Length, badBytes < BadBytesMax ? BadLine.BytesKept : BadBytesKeptPastThat);
            badBytes += kept;
            var beginning = Encoding.UTF8.GetString(line.Bytes.Span[..kept]);
            var sha256 = line.Sha256 ?? Convert.ToHexStringLower(SHA256.HashData(line.Bytes.Span));
            badLines.Add(new BadLine(line.Number, e.Message, line.Length, sha256, Redaction.Apply(beginning, out _)));
        }
    }
}
