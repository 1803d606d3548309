using System.Text;
using System.Text.Json;
using Tppo.Core.Log;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

public sealed class InspectTests : IDisposable
{
    private static readonly string[] Events =
    [
        "user\tts\ttype\ttext\turl",
        "ann\t2024-01-01T10:00:00Z\tclick\tRed  shoes\thttps://shoes.example/1",
        "ann\t2024-01-01T10:02:00Z\tsearch\tTrail, shoes\t",
        "ann\t2024-01-01T10:01:00Z\tsearch\trunning shoes\t",
        "bob\t2024-01-01T09:00:00Z\tsearch\tonly one\t",
        "ann\tyesterday\tsearch\tbad\t",
        "ann\t2024-01-01T10:03:00Z\tsearch\ttrail, shoes\t",
        "ann\t2024-01-01T10:04:00Z\tsearch\tsocks\t",
        "ann\t2024-01-01T10:05:00Z\tsearch\tlaces\t",
    ];

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Windows_of_a_small_file_are_those_counted_by_hand()
    {
        var result = TppoProcess.Run("inspect", "windows", "--events", folder.Write("events.tsv", Events), "--targets", "2");
        Assert.Equal(0, result.Code);
        Assert.StartsWith("events.tsv:6: ", result.Error, StringComparison.Ordinal);

        // The click is history; the repeated search is dropped; two searches a window.
        var windows = UsageTests.Lines(result.Output).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(["running shoes|Trail, shoes", "socks|laces"], windows.Select(w => string.Join('|', Strings(w.GetProperty("targets")))));
        Assert.Equal(
            ["Red shoes", "Red shoes/running shoes/Trail, shoes"],
            windows.Select(w => string.Join('/', w.GetProperty("history").EnumerateArray().Select(h => h.GetProperty("text").GetString()))));
        Assert.All(windows, w => Assert.Equal("ann", w.GetProperty("user").GetString()));
        Assert.Equal(["v", "window", "user", "history", "targets"], windows[0].EnumerateObject().Select(p => p.Name));
    }

    [Fact]
    public void The_newest_window_of_each_user_ends_with_the_last_searches()
    {
        var result = TppoProcess.Run("inspect", "windows", "--events", folder.Write("events.tsv", Events), "--targets", "3", "--newest-only");
        var window = JsonDocument.Parse(Assert.Single(UsageTests.Lines(result.Output))).RootElement;
        Assert.Equal(["Trail, shoes", "socks", "laces"], Strings(window.GetProperty("targets")));
    }

    [Fact]
    public void A_log_is_told_topic_by_topic_whatever_the_order_of_its_records()
    {
        var (one, other, third) = (Log("one", "a", "b", "b"), Log("other", "b", "a", "b"), Log("third", "a", "b", "c"));
        Assert.Equal(one, other);
        Assert.NotEqual(one, third);

        var lines = one.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')).ToDictionary(l => l[0]);
        Assert.Equal("3", lines[Topics.Search][1]);
        // printf 'a\nb\nb\n' | sha256sum
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes("a\nb\nb\n"))), lines[Topics.Search][2]);
        Assert.Equal("0", lines[Topics.Models][1]);
        Assert.Contains("ingest.dlq.v1", lines.Keys);
    }

    [Fact]
    public void A_log_is_told_while_another_process_writes_to_it()
    {
        using var log = EmbeddedLog.Open(folder.At("busy"), new EmbeddedOptions());
        log.Append([Record("a")]);
        var result = TppoProcess.Run("inspect", "log", "--data", folder.At("busy"));
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("search.v1\t1\t", result.Output, StringComparison.Ordinal);
    }

    private string Log(string name, params string[] ids)
    {
        using (var log = EmbeddedLog.Open(folder.At(name), new EmbeddedOptions())) log.Append([.. ids.Select(Record)]);
        var result = TppoProcess.Run("inspect", "log", "--data", folder.At(name));
        Assert.Equal((0, ""), (result.Code, result.Error));
        return result.Output;
    }

    private static OutgoingRecord Record(string id) => new()
    {
        Topic = Topics.Search,
        Key = id,
        Value = "{}"u8.ToArray(),
        Headers = CloudEvent.Headers(id, "test", "tppo.search.v1", "", CloudEvent.Json),
    };

    private static IEnumerable<string?> Strings(JsonElement array) => array.EnumerateArray().Select(x => x.GetString());
}
