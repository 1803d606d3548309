using System.Security.Cryptography;
using System.Text;
using Tppo.Core;
using Tppo.Core.Events;
using Tppo.Core.Settings;
using Tppo.Ingest.Import;

namespace Tppo.Ingest.Tests;

public sealed class FileImportTests : IDisposable
{
    private readonly EventFiles files = new();

    public void Dispose() => files.Dispose();

    public static TheoryData<string, string[]> BadFiles => new()
    {
        { "missing", ["no such file"] },
        { "directory", ["expected a file", "directory"] },
        { "empty", ["expected", "empty"] },
        { "gzip cut short", ["gzip", "cut short"] },
        { "gzip with a wrong check sum", ["gzip", "damaged"] },
        { "gzip without its end", ["gzip", "cut short"] },
        { "wrong header", [":1: ", "user ts type text url", "name age"] },
        { "no header", [":1: ", "user ts type text url", "query 1"] },
        { "binary", [":1: ", "no text"] },
        { "header only", ["at least one event"] },
        { "no good line", ["at least one event", "line 2", "expected 5 columns"] },
    };

    [Theory]
    [MemberData(nameof(BadFiles))]
    public void A_bad_file_is_refused_in_one_line_that_names_it(string kind, string[] parts)
    {
        var file = BadFile(kind);
        var refused = Assert.Throws<UserException>(() => FileImport.Open(file));
        Assert.StartsWith(file, refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        foreach (var part in parts) Assert.Contains(part, refused.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void A_log_in_which_nobody_has_enough_searches_is_refused()
    {
        var file = files.Tsv(EventFiles.Four[..3]);
        using var import = FileImport.Open(file);
        var refused = Assert.Throws<UserException>(() => import.RequireWindow(file, new WindowSettings()));
        Assert.Contains("found nobody (3 events, 3 searches)", refused.Message, StringComparison.Ordinal);

        using var enough = FileImport.Open(files.Tsv(EventFiles.Four));
        enough.RequireWindow(file, new WindowSettings());
    }

    public static TheoryData<string, string> BadLines => new()
    {
        { "ann\t2024-01-01T10:00:00Z\tsearch\tshoes", "found 4" },
        { "ann\t2024-01-01T10:00:00Z\tsearch\tshoes\t\textra", "found 6" },
        { "just words", "found 1" },
        { "ann\tyesterday\tsearch\tshoes\t", "ISO-8601 time, found 'yesterday'" },
        { "ann\t2024-02-30T10:00:00Z\tsearch\tshoes\t", "ISO-8601 time" },
        { "ann\t2024-01-01T10:00:00Z\tSearch\tshoes\t", "found 'Search'" },
        { "ann\t2024-01-01T10:00:00Z\tlike\tshoes\t", "found 'like'" },
        { "\t2024-01-01T10:00:00Z\tsearch\tshoes\t", "expected a user" },
        { "ann\t2024-01-01T10:00:00Z\tsearch\tsh\0oes\t", "zero byte" },
    };

    [Theory]
    [MemberData(nameof(BadLines))]
    public void A_bad_line_is_set_aside_with_its_cause_length_and_hash(string line, string cause)
    {
        using var import = FileImport.Open(files.Tsv([EventFiles.Four[0], line, .. EventFiles.Four[1..]]));
        Assert.Equal(4, import.Count);
        var bad = Assert.Single(import.BadLines);
        Assert.Equal((3L, (long)Encoding.UTF8.GetByteCount(line)), (bad.Line, bad.Length));
        Assert.Contains(cause, bad.Cause, StringComparison.Ordinal);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line))), bad.Sha256);
    }

    [Fact]
    public void A_line_that_is_no_utf8_is_set_aside()
    {
        byte[] line = [.. "ann\t2024-01-01T10:00:00Z\tsearch\tcaf"u8, 0xE9, .. "\t\n"u8];
        using var import = FileImport.Open(
            files.Bytes([.. Encoding.UTF8.GetBytes(EventFiles.Header + "\n"), .. line, .. Encoding.UTF8.GetBytes(EventFiles.Four[0])]));
        Assert.Equal(1, import.Count);
        Assert.Contains("UTF-8", Assert.Single(import.BadLines).Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_a_line_of_ten_megabytes_its_beginning_is_kept_and_the_whole_is_hashed()
    {
        var line = "ann\t2024-01-01T10:00:00Z\tsearch\t" + new string('x', 10_000_000) + "\t";
        using var import = FileImport.Open(files.Tsv([line, .. EventFiles.Four]));
        Assert.Equal(4, import.Count);
        var bad = Assert.Single(import.BadLines);
        Assert.Equal(line.Length, bad.Length);
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(line))), bad.Sha256);
        Assert.Equal(BadLine.BytesKept, bad.Beginning.Length);
    }

    [Fact]
    public void What_is_kept_of_a_bad_line_is_redacted()
    {
        using var import = FileImport.Open(files.Tsv(["write to jane.doe@example.com", .. EventFiles.Four]));
        Assert.DoesNotContain("jane.doe", Assert.Single(import.BadLines).Beginning, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cause_repeats_nothing_that_redaction_would_take_out()
    {
        using var import = FileImport.Open(
            files.Tsv(["ann\tjane.doe@example.com\tsearch\tshoes\t", "ann\t2024-01-01T10:00:00Z\tjane.doe@example.com\tshoes\t", .. EventFiles.Four]));
        Assert.All(import.BadLines, bad => Assert.DoesNotContain("jane.doe", bad.Cause, StringComparison.Ordinal));
        Assert.Equal(2, import.BadLines.Count);
    }

    [Theory]
    [InlineData("plain")]
    [InlineData("gzip")]
    [InlineData("gzip of two members")]
    [InlineData("windows line ends and a mark of byte order")]
    public void The_same_lines_give_the_same_events_however_they_are_packed(string packing)
    {
        var plain = Encoding.UTF8.GetBytes(EventFiles.Header + "\n" + string.Join('\n', EventFiles.Four.Reverse()));
        using var import = FileImport.Open(files.Bytes(packing switch
        {
            "gzip" => EventFiles.Gzip(plain),
            "gzip of two members" => [.. EventFiles.Gzip(plain[..40]), .. EventFiles.Gzip(plain[40..])],
            "windows line ends and a mark of byte order" =>
                [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(plain).Replace("\n", "\r\n", StringComparison.Ordinal))],
            _ => plain,
        }));
        Assert.Empty(import.BadLines);
        Assert.Equal(["query 1", "query 2", "query 3", "query 4"], import.Sorted().Select(e => e.Text));
        Assert.All(import.Sorted(), e => Assert.Equal(("ann", EventType.Search, ""), (e.User, e.Type, e.Url)));
    }

    [Fact]
    public void Lines_of_json_bring_their_own_ids()
    {
        UserEvent[] events =
        [
            new("b", "ann", new DateTime(2024, 1, 1, 0, 0, 2, DateTimeKind.Utc), EventType.Search, "zwei \"tabs\"\t", ""),
            new("a", "ann", new DateTime(2024, 1, 1, 0, 0, 1, DateTimeKind.Utc), EventType.Visit, "", "https://a.example"),
        ];
        var lines = events.Select(e => Encoding.UTF8.GetString(EventJson.Write(e))).Append("""{"v":1,"id":"","user":"ann"}""").Append("{");
        using var import = FileImport.Open(files.Bytes(Encoding.UTF8.GetBytes(string.Join('\n', lines)), "events.jsonl"));
        Assert.Equal(events.Reverse(), import.Sorted());
        Assert.Equal([3L, 4L], import.BadLines.Select(b => b.Line));
    }

    [Fact]
    public void Ids_come_from_content_and_line_and_not_from_the_files_name()
    {
        using var one = FileImport.Open(files.Tsv(EventFiles.Four));
        using var other = FileImport.Open(files.Bytes(File.ReadAllBytes(Path.Combine(files.Folder, "events.tsv")), "other"));
        Assert.Equal(one.Sorted(), other.Sorted());
        Assert.Equal(one.Id, other.Id);
        using var longer = FileImport.Open(files.Tsv([.. EventFiles.Four, EventFiles.Four[0]]));
        Assert.NotEqual(one.Id, longer.Id);
    }

    private string BadFile(string kind)
    {
        var good = Encoding.UTF8.GetBytes(
            EventFiles.Header + "\n" + string.Join('\n', Enumerable.Range(0, 5000).Select(i => $"u{i}\t2024-01-01T10:00:00Z\tsearch\tquery {i * 7919}\t")));
        var packed = EventFiles.Gzip(good);
        var damaged = packed.ToArray();
        damaged[^6] ^= 0x40; // in the check sum
        return kind switch
        {
            "missing" => Path.Combine(files.Folder, "missing.tsv"),
            "directory" => files.Folder,
            "empty" => files.Bytes([]),
            "gzip cut short" => files.Bytes(packed[..(packed.Length / 2)]),
            "gzip with a wrong check sum" => files.Bytes(damaged),
            "gzip without its end" => files.Bytes(packed[..^8]),
            "wrong header" => files.Bytes("name\tage\nann\t7\n"u8.ToArray()),
            "no header" => files.Bytes(Encoding.UTF8.GetBytes(string.Join('\n', EventFiles.Four))),
            "binary" => files.Bytes([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13]),
            "header only" => files.Tsv(),
            "no good line" => files.Tsv("one", "two"),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }
}
