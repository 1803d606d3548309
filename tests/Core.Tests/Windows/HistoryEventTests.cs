using System.Text;
using System.Text.Json;
using CsCheck;
using Tppo.Core.Events;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests.Windows;

/// <summary>An event that was written out once is the same event as before, whatever stands in its texts.</summary>
public class HistoryEventTests
{
    private static readonly DateTime Time = new(2006, 3, 1, 7, 17, 12, DateTimeKind.Utc);

    private static readonly string[] Odd =
        ["", "\"", "\\", "a\"b", "\",\"url\":\"", "é", "κλειδί", "🔑 key", "\u0001", "tab\t", "</script>", "\",\"url\":\"x\"}", "\u2028", "a\\"];

    private static readonly Gen<string> Texts = Gen.OneOf(Gen.String[Gen.Char.AlphaNumeric, 0, 30], Gen.Int[0, Odd.Length - 1].Select(i => Odd[i]));

    [Fact]
    public void Texts_are_found_again_in_what_was_written() =>
        Gen.Select(Texts, Texts, Gen.Enum<EventType>(), Gen.Long[0, 86_400_000]).Sample((text, url, type, milliseconds) =>
    {
        var time = Time.AddMilliseconds(milliseconds);
        var e = new HistoryEvent(type, time, text, url);
        var json = JsonDocument.Parse(WindowJson.Write(new Window("w", "u", [e], ["t"]))).RootElement.GetProperty("history")[0];

        // Now it holds nothing but its JSON.
        Assert.Equal((text, url), (json.GetProperty("text").GetString(), json.GetProperty("url").GetString()));
        Assert.Equal((text, url), (e.Text, e.Url));
        Assert.Equal(new HistoryEvent(type, time, text, url), e);
        Assert.Equal(new HistoryEvent(type, time, text, url).GetHashCode(), e.GetHashCode());
        Assert.Equal(WindowJson.Write(new Window("w", "u", [new HistoryEvent(type, time, text, url)], [])), WindowJson.Write(new Window("w", "u", [e], [])));
    });

    [Fact]
    public void A_copy_with_another_text_is_written_with_that_text()
    {
        var e = new HistoryEvent(EventType.Search, Time, "red shoes", "");
        _ = WindowJson.Write(new Window("w", "u", [e], []));
        var changed = e with { Text = "blue \"shoes\"" };
        Assert.Equal("red shoes", e.Text);
        Assert.Equal("blue \"shoes\"", changed.Text);
        Assert.Contains("blue \\\"shoes\\\"", Encoding.UTF8.GetString(WindowJson.Write(new Window("w", "u", [changed], []))), StringComparison.Ordinal);
        Assert.NotEqual(e, changed);
    }
}
