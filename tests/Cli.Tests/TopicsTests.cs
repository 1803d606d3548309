using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Tppo.Cli.TopicAdmin;
using Tppo.Core.Log;
using Tppo.Core.Rollouts;
using Tppo.Streaming.Codecs;
using Tppo.Streaming.Embedded;
using Tppo.Streaming.Log;
using Tppo.Streaming.Records;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

/// <summary><c>tppo topics</c> on an embedded log.</summary>
public sealed class TopicsTests : IDisposable
{
    // Arrow's names are those of the record, but for one that the literature writes as one word.
    private static readonly JsonSerializerOptions Fields = new() { PropertyNamingPolicy = new ArrowNames() };

    private readonly TempFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Describe_tells_each_topic_of_the_table_and_counts_records_instead_of_offsets()
    {
        using (var log = EmbeddedLog.Open(folder.Path, new EmbeddedOptions { Partitions = 2, OffsetHoleEvery = 2 }))
            log.Append([.. Enumerable.Range(0, 5).Select(i => Json(Topics.Search, "{}", partition: i % 2)), Json(Topics.Cuts, "[1,2]", partition: 0)]);

        var rows = UsageTests.Lines(Run("describe").Output).Select(l => l.Split('\t')).ToList();
        Assert.Equal(["topic", "partitions", "records", "start", "end", "bytes", "retention", "cleanup", "differs"], rows[0]);
        Assert.Equal(TopicsCommand.Table.Select(t => t.Name), rows.Skip(1).Select(r => r[0]));
        Assert.Equal(["ingest.dlq.v1"], rows.Select(r => r[0]).Where(n => n.StartsWith("ingest", StringComparison.Ordinal)));
        Assert.Equal([Topics.Search, "2", "5", "0", "6", "10", "30d", "delete", ""], rows.Single(r => r[0] == Topics.Search));
        Assert.Equal([Topics.Cuts, "1", "1", "0", "1", "5", "forever", "delete", ""], rows.Single(r => r[0] == Topics.Cuts));
        Assert.Equal([Topics.WindowState, "2", "0", "0", "0", "0", "forever", "compact", ""], rows.Single(r => r[0] == Topics.WindowState));

        var json = UsageTests.Lines(Run("describe", "--json").Output).Select(Parse).ToList();
        Assert.Equal(TopicsCommand.Table.Count, json.Count);
        Assert.Equal(
            """{"topic":"search.v1","partitions":2,"records":5,"start":0,"end":6,"bytes":10,"retention_ms":2592000000,"cleanup":"delete","differs":""}""",
            json[0].GetRawText());
        Assert.Equal(-1, json.Single(r => r.GetProperty("topic").GetString() == Topics.Cuts).GetProperty("retention_ms").GetInt64());
    }

    [Fact]
    public void A_record_is_a_line_with_place_key_headers_and_value()
    {
        Write(new OutgoingRecord
        {
            Topic = Topics.Search,
            Key = "ann",
            Partition = 1,
            Value = Encoding.UTF8.GetBytes("{\"text\": \"żółć \u009b1m\",\n \"n\": 1.50, \"n\": 2}"),
            Headers = [new("ce_id", "a"), new("twice", "1"), new("twice", "\"2\"\n"), new("content-type", CloudEvent.Json)],
        });
        var line = Assert.Single(UsageTests.Lines(Tail(Topics.Search)));
        var record = Parse(line);
        Assert.Equal(["topic", "partition", "offset", "timestamp", "key", "headers", "value"], record.EnumerateObject().Select(p => p.Name));
        Assert.Equal(
            (Topics.Search, 1, 0L, "ann"),
            (Text(record, "topic"), record.GetProperty("partition").GetInt32(), record.GetProperty("offset").GetInt64(), Text(record, "key")));
        Assert.Equal(DateTime.UtcNow, record.GetProperty("timestamp").GetDateTimeOffset().UtcDateTime, TimeSpan.FromMinutes(10));
        Assert.Matches(@"""timestamp"":""\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z""", line);
        Assert.Equal("""{"ce_id":"a","twice":["1","\"2\"\n"],"content-type":"application/json"}""", record.GetProperty("headers").GetRawText());
        // As it was written, on one line, and without what steers a terminal.
        Assert.Equal("{\"text\": \"żółć \\u009b1m\",  \"n\": 1.50, \"n\": 2}", record.GetProperty("value").GetRawText());
    }

    [Fact]
    public void Arrow_is_rows_nothing_is_null_and_other_bytes_are_base64_with_what_is_wrong()
    {
        var arrow = TokenRewardCodec.Encode([Rows.Labelled]);
        byte[] garbage = [0xff, 0, 1];
        Write(
            Arrow(arrow), Arrow(arrow[..^9]), Arrow(garbage), EndMark.Of("import", Topics.TokenRewards, 0),
            Json(Topics.TokenRewards, "{\"cut\": ", 0), Json(Topics.TokenRewards, "\"\\ud800\"", 0), new OutgoingRecord
            {
                Topic = Topics.TokenRewards,
                Partition = 0,
                Value = garbage,
            });
        var records = UsageTests.Lines(Tail(Topics.TokenRewards)).Select(Parse).ToList();
        var values = records.Select(r => r.GetProperty("value")).ToList();
        Assert.Equal(JsonValueKind.Null, records[0].GetProperty("key").ValueKind);
        Assert.Equal(
            """[{"rollout_id":"r","judgement_id":"j","user":"u","response_ids":[7,8],"word_index":"""
            + """[-1,0],"categories":[0,2],"sentence":1,"tokenizer_sha256":"t"}]""",
            values[0].GetRawText());
        AssertBytes(arrow[..^9], "Arrow", values[1]);
        AssertBytes(garbage, "Arrow", values[2]);
        Assert.Equal(JsonValueKind.Null, values[3].ValueKind);
        AssertBytes("{\"cut\": "u8.ToArray(), "JSON", values[4]);
        Assert.Equal("\"\\ud800\"", values[5].GetRawText());
        Assert.Equal("""{"base64":"/wAB"}""", values[6].GetRawText());
    }

    [Fact]
    public void However_Arrow_is_damaged_its_line_is_one_piece_of_JSON()
    {
        var json = new RecordJson();
        var whole = TokenRewardCodec.Encode([Rows.Labelled, Rows.Labelled, Rows.Labelled]);
        var refused = 0;
        for (var at = 0; at < whole.Length; at++)
        {
            var damaged = whole.ToArray();
            damaged[at] ^= 0x81;
            var record = new LogRecord
            {
                Topic = Topics.TokenRewards,
                Partition = 0,
                Offset = 0,
                Timestamp = default,
                Value = damaged,
                Headers = [new("content-type", CloudEvent.Arrow)],
            };
            var value = Parse(Encoding.UTF8.GetString(json.Line(record).Span)).GetProperty("value");
            if (value.ValueKind == JsonValueKind.Array) continue;
            AssertBytes(damaged, "Arrow", value);
            refused++;
        }

        Assert.InRange(refused, whole.Length / 10, whole.Length - 1);
    }

    [Fact]
    public void The_part_that_is_asked_for_is_printed()
    {
        Write([.. Enumerable.Range(0, 6).Select(i => Json(Topics.Windows, LogTools.Number(i), partition: i % 2))]);
        Assert.Equal("0 2 4 1 3 5", Values());
        Assert.Equal("1 3 5", Values("--partition", "1"));
        Assert.Equal("4 5", Values("--from", "2"));
        Assert.Equal("2 4 3", Values("--from", "1", "--count", "3"));
        Assert.Equal("", Values("--from", "end"));
        Assert.Equal("", Values("--from", "3"));
        Assert.Equal("0 2 4 1 3 5", Values("--from", "start", "--count", "99"));

        string Values(params string[] more) =>
            string.Join(' ', UsageTests.Lines(Tail(Topics.Windows, more)).Select(l => Parse(l).GetProperty("value").GetRawText()));
    }

    [Theory]
    [InlineData("windows.v2", "unknown topic 'windows.v2'")]
    [InlineData("windows.v1 --partition 4", "--partition: expected 0 to 3 of windows.v1, found 4")]
    [InlineData("windows.v1 --partition -1", "--partition")]
    [InlineData("windows.v1 --from middle", "--from: expected start, end or an offset, found 'middle'")]
    [InlineData("windows.v1 --from -1", "--from")]
    [InlineData("windows.v1 --count 0", "--count: expected 1 or more, found 0")]
    public void What_cannot_be_tailed_is_told_in_one_line(string words, string named)
    {
        Write();
        UsageTests.AssertRefused(Run("tail", words.Split(' ')), named);
    }

    [Fact]
    public async Task Following_goes_on_with_what_another_process_appends_and_ends_in_order_on_SIGTERM()
    {
        using var log = EmbeddedLog.Open(folder.Path, new EmbeddedOptions());
        log.Append([Json(Topics.Models, "1", 0)]);
        using var tail = TppoProcess.Start("topics", "tail", Topics.Models, "--data", folder.Path, "--follow");
        Assert.Equal("1", await NextValue(tail));
        log.Append([Json(Topics.Models, "2", 0), Json(Topics.Models, "3", 0)]);
        Assert.Equal(["2", "3"], [await NextValue(tail), await NextValue(tail)]);
        TppoProcess.Terminate(tail);
        Assert.Equal(new CommandResult(143, "", ""), TppoProcess.End(tail));
    }

    [Fact]
    public void From_the_end_only_what_comes_later_is_printed_up_to_the_count()
    {
        using var log = EmbeddedLog.Open(folder.Path, new EmbeddedOptions());
        log.Append([Json(Topics.Models, "\"old\"", 0)]);
        using var tail = TppoProcess.Start("topics", "tail", Topics.Models, "--data", folder.Path, "--follow", "--from", "end", "--count", "1");
        // Whatever the moment at which it began: the records are told apart by their order alone.
        while (!tail.HasExited)
        {
            log.Append([Json(Topics.Models, "\"new\"", 0)]);
            Thread.Sleep(50);
        }

        var result = TppoProcess.End(tail);
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal("new", Parse(Assert.Single(UsageTests.Lines(result.Output))).GetProperty("value").GetString());
    }

    [Fact]
    public async Task A_reader_that_has_enough_ends_it_without_a_word_even_where_it_would_follow_for_ever()
    {
        using var log = EmbeddedLog.Open(folder.Path, new EmbeddedOptions());
        log.Append([Json(Topics.Models, "1", 0)]);
        using var tail = TppoProcess.Start("topics", "tail", Topics.Models, "--data", folder.Path, "--follow");
        Assert.Equal("1", await NextValue(tail));
        tail.StandardOutput.Close();
        for (var appended = 0; appended < 600 && !tail.WaitForExit(100); appended++) log.Append([Json(Topics.Models, "2", 0)]);
        if (!tail.HasExited) tail.Kill();
        Assert.Equal("", tail.StandardError.ReadToEnd());
        Assert.Equal(0, tail.ExitCode);
    }

    [Fact]
    public void Output_to_a_file_leaves_what_stood_there_and_what_comes_after()
    {
        Write(Json(Topics.Models, "1", 0));
        using var piped = TppoProcess.Start("topics", "tail", Topics.Models, "--data", folder.Path);
        TppoProcess.End(piped);
        var command = string.Join(' ', piped.StartInfo.ArgumentList.Prepend(piped.StartInfo.FileName).Select(a => $"'{a}'"));
        using var bash = Process.Start("bash", ["-c", $"(echo before; {command}; echo after) > '{folder.At("out")}'"]);
        bash.WaitForExit();
        var lines = File.ReadAllLines(folder.At("out"));
        Assert.Equal(3, lines.Length);
        Assert.Equal(("before", "1", "after"), (lines[0], Parse(lines[1]).GetProperty("value").GetRawText(), lines[2]));
    }

    [Fact]
    public void An_embedded_log_needs_no_creation()
    {
        var result = Run("create");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Contains("need no creation", Assert.Single(UsageTests.Lines(result.Output)), StringComparison.Ordinal);
        UsageTests.AssertRefused(Run("create", "--partitions", "0"), "--partitions: expected 1 to 1024, found 0");
    }

    [Trait(Suite.Trait, Suite.Long)]
    [Fact]
    public void The_rollouts_of_a_tiny_demo_are_printed_as_their_codec_reads_them()
    {
        Assert.Equal(0, TppoProcess.Run("demo", "--size", "tiny", "--data", folder.Path).Code);
        var printed = UsageTests.Lines(Tail(Topics.Rollouts)).Select(l => Parse(l).GetProperty("value")).Where(v => v.ValueKind != JsonValueKind.Null)
            .SelectMany(v => v.EnumerateArray()).ToList();
        List<RolloutRow> rows;
        using (var log = EmbeddedLog.OpenReadOnly(folder.Path))
        {
            rows = [.. Enumerable.Range(0, log.Partitions(Topics.Rollouts)).SelectMany(p => log.Read(new TopicPartition(Topics.Rollouts, p), 0))
                .Where(r => r.Value.Length > 0).SelectMany(r => RolloutCodec.Decode(r.Value))];
        }

        Assert.NotEmpty(rows);
        Assert.Equal(rows.Count, printed.Count);
        for (var i = 0; i < rows.Count; i++)
        {
            var back = JsonSerializer.Deserialize<RolloutRow>(printed[i].GetRawText(), Fields);
            Assert.Equal(JsonSerializer.Serialize(rows[i]), JsonSerializer.Serialize(back));
        }
    }

    private CommandResult Run(string verb, params string[] more) => TppoProcess.Run(["topics", verb, .. more, "--data", folder.Path]);

    private string Tail(string topic, params string[] more)
    {
        var result = Run("tail", [topic, .. more]);
        Assert.Equal((0, ""), (result.Code, result.Error));
        return result.Output;
    }

    private void Write(params OutgoingRecord[] records)
    {
        using var log = EmbeddedLog.Open(folder.Path, new EmbeddedOptions());
        log.Append(records);
    }

    private static OutgoingRecord Json(string topic, string json, int partition) => new()
    {
        Topic = topic,
        Partition = partition,
        Value = Encoding.UTF8.GetBytes(json),
        Headers = CloudEvent.Headers("id", "test", "tppo.test.v1", "", CloudEvent.Json),
    };

    private static OutgoingRecord Arrow(byte[] payload) => new()
    {
        Topic = Topics.TokenRewards,
        Partition = 0,
        Value = payload,
        Headers = CloudEvent.Headers("id", "tppo/test", "tppo.token-rewards.v1", "", CloudEvent.Arrow),
    };

    private static void AssertBytes(byte[] expected, string error, JsonElement value)
    {
        Assert.Equal(expected, value.GetProperty("base64").GetBytesFromBase64());
        Assert.Contains(error, Text(value, "error"), StringComparison.Ordinal);
    }

    private static JsonElement Parse(string line) => JsonDocument.Parse(line).RootElement;

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private static async Task<string> NextValue(Process tail) =>
        Parse((await tail.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken))!)
            .GetProperty("value")
            .GetRawText();

    private sealed class ArrowNames : JsonNamingPolicy
    {
        public override string ConvertName(string name) => name == nameof(RolloutRow.LogProbs) ? "logprobs" : SnakeCaseLower.ConvertName(name);
    }
}
