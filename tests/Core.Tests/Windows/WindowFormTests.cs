using System.Text;
using Tppo.Core.Events;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests;

public class WindowFormTests
{
    private const string Good = """
        {"v":1,"window":"w","user":"u","history":[{"type":"search","time":"2024-01-01T00:00:00Z","text":"a","url":""}],"targets":["b"]}
        """;

    [Fact]
    public void What_the_writer_writes_has_the_form()
    {
        HistoryEvent[] history =
        [
            new(EventType.Search, new DateTime(2024, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc), "\"ä\" \\ 😀", "https://x/?a=b&c"),
            new(EventType.Visit, new DateTime(1997, 1, 1, 0, 0, 0, DateTimeKind.Utc), "", ""),
        ];
        var window = new Window("id", "user", history, ["a", ""]);
        Assert.Null(WindowForm.Fault(WindowJson.Write(window), "id"));
        Assert.NotNull(WindowForm.Fault(WindowJson.Write(window), "another"));
        Assert.Null(WindowForm.Fault(Encoding.UTF8.GetBytes(Good), "w"));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\"v\":1", "\"v\":2")]
    [InlineData("\"v\":1", "\"v\":\"1\"")]
    [InlineData("\"v\":1,", "")]
    [InlineData("\"v\":1", "\"v\":1,\"v\":1")]
    [InlineData("\"user\":\"u\"", "\"user\":5")]
    [InlineData("\"user\":\"u\"", "\"user\":null")]
    [InlineData("\"search\"", "\"sale\"")]
    [InlineData("2024-01-01T00:00:00Z", "yesterday")]
    [InlineData("\"url\":\"\"", "\"url\":\"\",\"more\":1")]
    [InlineData(",\"url\":\"\"", "")]
    [InlineData(",\"url\":\"\"", ",\"text\":\"\"")]
    [InlineData("[\"b\"]", "[1]")]
    [InlineData("[\"b\"]", "[\"b\"")]
    [InlineData("[\"b\"]}", "[\"b\"]}{}")]
    [InlineData("[\"b\"]", "{}")]
    [InlineData("\"history\":[", "\"history\":[[],")]
    [InlineData("{\"v\"", "[\"v\"")]
    public void What_is_no_window_is_told(string of, string to)
    {
        var json = of.Length == 0 ? "" : Good.Replace(of, to, StringComparison.Ordinal);
        Assert.NotEqual(Good, json);
        Assert.NotNull(WindowForm.Fault(Encoding.UTF8.GetBytes(json), "w"));
    }
}
