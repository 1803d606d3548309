using System.Text;
using CsCheck;
using Tppo.Core.Cuts;
using Tppo.Core.Events;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests;

public class JsonTests
{
    private static readonly string[] Texts = ["", "red shoes", "\"quoted\" \\ back", "日本 😀", "a\nb\tc", "\u2028<&>'"];
    private static readonly Gen<UserEvent> Events =
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Long[0, 3_000_000_000_000_000_000L]).Select(e =>
            new UserEvent($"id{e.Item1}", $"u{e.Item1}", new DateTime(e.Item3, DateTimeKind.Utc), (EventType)e.Item2, Texts[e.Item1], Texts[5 - e.Item1]));

    [Fact]
    public void Events_come_back_from_JSON_as_they_were() => Events.Sample(e => EventJson.Read(EventJson.Write(e)) == e);

    [Fact]
    public void Windows_come_back_from_JSON_as_they_were() => Gen.Select(Events.Array[1, 5], Gen.Int[0, 5]).Sample((events, text) =>
    {
        var window = new Window("id", "u", [.. events.Select(e => new HistoryEvent(e.Type, e.Time, e.Text, e.Url))], [Texts[text], "b"]);
        var again = WindowJson.Read(WindowJson.Write(window));
        return again.Id == window.Id && again.User == window.User && again.History.SequenceEqual(window.History) && again.Targets.SequenceEqual(window.Targets);
    });

    [Fact]
    public void An_event_has_exactly_the_bytes_of_the_format() =>
        Assert.Equal(
            """{"v":1,"id":"x","user":"u","time":"2006-03-01T07:17:12Z","type":"search","text":"é & <b>","url":""}""",
            Encoding.UTF8.GetString(
                EventJson.Write(new UserEvent("x", "u", new DateTime(2006, 3, 1, 7, 17, 12, DateTimeKind.Utc), EventType.Search, "é & <b>", ""))));

    [Theory]
    [InlineData("""[1]""", "expected a JSON object")]
    [InlineData("""{"v":1,"id":"x""", "not a JSON object")]
    [InlineData("""{"v":2,"id":"x"}""", "\"v\": expected 1, found 2")]
    [InlineData("""{"id":"x"}""", "\"v\": expected 1, found none")]
    [InlineData("""{"v":1,"v":1,"id":"x"}""", "\"v\" stands twice")]
    [InlineData("""{"v":1,"id":"x","id":"y"}""", "\"id\" stands twice")]
    [InlineData("""{"v":1,"id":7}""", "not a JSON object of strings")]
    [InlineData("""{"v":1,"user":"u","time":"2006-03-01T07:17:12Z","type":"search","text":""}""", "\"id\" is missing")]
    [InlineData("""{"v":1,"id":"x","user":"u","time":"yesterday","type":"search","text":""}""", "\"time\": expected ISO-8601")]
    [InlineData("""{"v":1,"id":"x","user":"u","time":"2006-02-30T07:17:12Z","type":"search","text":""}""", "\"time\": expected ISO-8601")]
    [InlineData("""{"v":1,"id":"x","user":"u","time":"2006-03-01T07:17:12Z","type":"Search","text":""}""", "\"type\": expected search")]
    [InlineData("""{"v":1,"id":"x","user":"u","time":"2006-03-01T07:17:12Z","type":"search","text":""} {}""", "not a JSON object")]
    public void What_is_no_event_is_refused_by_a_line_that_names_the_field(string json, string message)
    {
        var error = Assert.Throws<FormatException>(() => EventJson.Read(Encoding.UTF8.GetBytes(json)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Theory]
    [InlineData("2006-03-01T07:17:12Z", "2006-03-01T07:17:12Z")]
    [InlineData("2006-03-01 07:17:12", "2006-03-01T07:17:12Z")]
    [InlineData("2006-03-01T09:17:12+02:00", "2006-03-01T07:17:12Z")]
    [InlineData("2006-03-01T07:17:12.250Z", "2006-03-01T07:17:12.25Z")]
    [InlineData("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z")]
    public void Times_are_read_with_any_offset_and_written_in_UTC(string text, string written)
    {
        Assert.True(EventTime.TryParse(text, out var time));
        Assert.Equal(DateTimeKind.Utc, time.Kind);
        Assert.Equal(written, EventTime.Format(time));
    }

    [Theory]
    [InlineData("2023-02-29T00:00:00Z")]
    [InlineData("2006-03-01T24:00:00Z")]
    [InlineData("2006-03-01T07:60:00Z")]
    [InlineData("0000-03-01T07:00:00Z")]
    [InlineData("2006-13-01T07:00:00Z")]
    [InlineData("01/03/2006")]
    [InlineData("")]
    public void What_is_no_time_is_refused(string text) => Assert.False(EventTime.TryParse(text, out _));

    [Theory]
    [InlineData("""{"v":1}""")]
    [InlineData("""{"v":1,"window":"w","user":"u","history":{},"targets":[]}""")]
    [InlineData("""not json""")]
    [InlineData("""{"v":1,"window":"w","user":"u","history":[{"type":"sale","time":"2006-03-01T07:17:12Z","text":"","url":""}],"targets":[]}""")]
    [InlineData("""{"v":2,"window":"w","user":"u","history":[],"targets":[]}""")]
    public void What_is_no_window_is_refused(string json) =>
        Assert.StartsWith("window: ", Assert.Throws<FormatException>(() => WindowJson.Read(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Fact]
    public void A_cut_comes_back_from_JSON_and_has_the_keys_of_the_format()
    {
        var cut = new Cut(1, "policy", 3, 2, [new CutRange("windows.v1", 0, 4, 9, 3)], ["aa", "bb", "cc"], "dd", 42, "ee", "0.1.0", 2, "ff", "");
        var json = cut.ToJson();
        var again = Cut.FromJson(json);
        Assert.Equal(new StepId("policy", 3), again.Step);
        Assert.Equal(json, again.ToJson());
        Assert.Equal(
            """{"v":1,"model":"policy","ordinal":3,"parent":2,"ranges":[{"topic":"windows.v1","partition":0,"from":4,"to":9,"records":3}],"record_hashes":"""
            + """["aa","bb","cc"],"digest":"dd","seed":42,"settings_hash":"ee","code_version":"""
            + "\"0.1.0\"" + ""","thread_count":2,"reward_model":"ff","reference_policy":""}""",
            Encoding.UTF8.GetString(json));
    }

    [Theory]
    [InlineData("\"ordinal\":3", "\"ordinal\":3,\"extra\":1", "extra")]
    [InlineData("\"ordinal\":3", "\"ordinal\":3,\"ordinal\":3", "ordinal")]
    [InlineData("\"ordinal\":3,", "", "ordinal")]
    [InlineData("\"v\":1", "\"v\":2", "\"v\": expected 1, found 2")]
    public void A_cut_with_an_unknown_doubled_or_missing_key_is_refused(string part, string instead, string named)
    {
        var json = Encoding.UTF8.GetString(new Cut(1, "policy", 3, 2, [], [], "", 0, "", "", 2, "", "").ToJson());
        var error = Assert.Throws<FormatException>(() => Cut.FromJson(Encoding.UTF8.GetBytes(json.Replace(part, instead, StringComparison.Ordinal))));
        Assert.StartsWith("cut: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(named, error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
