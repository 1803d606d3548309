using System.Text;
using CsCheck;
using Tppo.Core.Events;
using Tppo.Core.Settings;
using Tppo.Core.Windows;

namespace Tppo.Core.Tests;

/// <summary>The windower's state as bytes: whole, small, and within its bound whatever a user sends.</summary>
public class UserHistoryCodecTests
{
    private static readonly DateTime Start = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly string[] Words = ["a", "B", "red shoes", "é, f", "İstanbul", "😀 smile", ""];

    private static readonly Gen<string> Text = Gen.Frequency(
        (6, Gen.Int[0, 6].Select(i => Words[i])),
        (1, Gen.Int[0, 3000].Select(n => new string('x', n))),
        (1, Gen.Int[0, 800].Select(n => string.Concat(Enumerable.Repeat("😀", n)))));

    // Unit of time, then per event: type, gap in units, text, URL.
    private static readonly Gen<(int Unit, (int Type, int Gap, string Text, string Url)[] Events)> Users =
        Gen.Select(Gen.Int[0, 2], Gen.Select(Gen.Frequency((3, Gen.Const(0)), (1, Gen.Int[1, 3])), Gen.Int[0, 1_000_000], Text, Text).Array[0, 60]);

    private static readonly Gen<WindowSettings> Settings = Gen.Select(Gen.Int[1, 10], Gen.Int[1, 12], Gen.Int[256, 6000])
        .Select(s => new WindowSettings { Targets = s.Item1, HistoryEventsMax = s.Item2, HistoryBytesMax = s.Item3 });

    [Fact]
    public void What_was_written_is_read_after_every_event() =>
        Gen.Select(Users, Settings).Sample(
            (user, settings) =>
                States(user, settings).All(
                    s => Same(s, UserHistoryCodec.Read(UserHistoryCodec.Write(s))) && UserHistoryCodec.ReadSeen(UserHistoryCodec.Write(s)) == s.Seen),
            iter: 1_000);

    [Fact]
    public void No_state_is_larger_than_its_bound_whatever_the_user_sends() =>
        Gen.Select(Users, Settings).Sample(
            (user, settings) => States(user, settings).All(s => UserHistoryCodec.Write(s).Length <= Bound(settings)),
            iter: 1_000);

    [Theory]
    [InlineData(3)]
    [InlineData(10)]
    public void A_megabyte_of_text_in_every_event_leaves_a_few_kilobytes(int targets)
    {
        var settings = new WindowSettings { Targets = targets, HistoryEventsMax = 50 };
        var history = new UserHistory();
        for (var i = 0; i < 60; i++)
        {
            var text = new string((char)('a' + (i % 26)), 1 << 20);
            history.Take(new UserEvent($"e{i:D3}", "u", Start.AddHours(i), i % 3 == 0 ? EventType.Visit : EventType.Search, text, text), settings, out _);
            Assert.True(history.Lost.HasFlag(HistoryLoss.Text | HistoryLoss.Url));
            Assert.InRange(UserHistoryCodec.Write(history.State).Length, 1, targets == 3 ? 4096 : 8192);
        }
    }

    [Fact]
    public void Fifty_events_of_the_longest_words_that_people_use_take_no_more_than_four_kilobytes()
    {
        var settings = new WindowSettings { HistoryEventsMax = 50 };
        var history = new UserHistory();
        for (var i = 0; i < 50; i++)
        {
            history.Take(
                new UserEvent(
                    $"file-0123456789abcdef-{i:D9}", "u", Start.AddDays(i), EventType.Click, $"{i} vintage heart-shaped jewellery box",
                    "https://example.com/a/b"),
                settings, out _);
            Assert.Equal(HistoryLoss.None, history.Lost);
        }

        Assert.Equal(50, history.State.Before.Count);
        Assert.InRange(UserHistoryCodec.Write(history.State).Length, 50 * 55, 4096);
    }

    [Fact]
    public void The_oldest_events_go_first_where_a_history_has_too_many_bytes_and_it_is_told()
    {
        var settings = new WindowSettings { Targets = 1, HistoryEventsMax = 10, HistoryBytesMax = 300 };
        var history = new UserHistory();
        for (var i = 0; i < 5; i++) history.Take(
            new UserEvent($"e{i}", "u", Start.AddHours(i), EventType.Click, $"{i}{new string('x', 79)}", ""), settings, out _);
        Assert.Equal(HistoryLoss.Events, history.Lost);
        Assert.Equal(["2", "3", "4"], history.State.Before.Select(e => e.Text[..1]));
    }

    [Fact]
    public void Texts_are_cut_between_characters_and_long_urls_are_left_out()
    {
        var text = HistoryText.Of(string.Concat(Enumerable.Repeat("ab 😀", 100)));
        Assert.InRange(Encoding.UTF8.GetByteCount(text), HistoryText.TextBytesMax - 4, HistoryText.TextBytesMax);
        Assert.DoesNotContain('�', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)));
        Assert.Equal(new string('x', HistoryText.TextBytesMax), HistoryText.Of(new string('x', HistoryText.TextBytesMax)));
        Assert.Equal("", HistoryText.Url(new string('x', HistoryText.UrlBytesMax + 1)));
        Assert.Equal(HistoryText.UrlBytesMax, HistoryText.Url(new string('x', HistoryText.UrlBytesMax)).Length);
    }

    [Fact]
    public void A_state_that_is_cut_short_or_has_more_behind_it_is_refused_by_one_line() =>
        Gen.Select(Users, Settings, Gen.Double[0, 1]).Sample(
            (user, settings, where) =>
            {
                var bytes = UserHistoryCodec.Write(States(user, settings).Last());
                return IsRefused(bytes[..Math.Min(bytes.Length - 1, (int)(bytes.Length * where))]) && IsRefused([.. bytes, 0]);
            },
            iter: 500);

    [Fact]
    public void Bytes_that_are_no_state_are_refused_or_read_and_never_anything_else() =>
        Gen.Byte.Array[0, 60].Sample(
            noise =>
            {
                byte[] bytes = [2, .. noise];
                try
                {
                    UserHistoryCodec.Read(bytes);
                    return true;
                }
                catch (FormatException refused)
                {
                    return refused.Message.StartsWith("window state: ", StringComparison.Ordinal) && !refused.Message.Contains('\n', StringComparison.Ordinal);
                }
            },
            iter: 5_000);

    private static bool IsRefused(byte[] bytes) =>
        Assert.Throws<FormatException>(() => UserHistoryCodec.Read(bytes)).Message.StartsWith("window state: ", StringComparison.Ordinal);

    // Up to 2 N events in proportion, or what always stays; then the first target's id, the last search and a dozen numbers.
    private static int Bound(WindowSettings settings) =>
        Math.Max(2 * settings.HistoryBytesMax, 12 + HistoryText.TextBytesMax + HistoryText.UrlBytesMax + (2 * settings.Targets * HistoryText.TextBytesMax))
            + HistoryText.TextBytesMax
            + 64;

    private static List<UserHistoryState> States((int Unit, (int Type, int Gap, string Text, string Url)[] Events) user, WindowSettings settings)
    {
        var history = new UserHistory();
        var states = new List<UserHistoryState> { history.State };
        var time = Start;
        long unit = user.Unit switch { 0 => TimeSpan.TicksPerSecond, 1 => TimeSpan.TicksPerMillisecond, _ => 1 };
        foreach (var (type, gap, text, url) in user.Events)
        {
            time = time.AddTicks(gap * unit);
            history.Take(new UserEvent($"e{states.Count}", "u", time, (EventType)type, text, url), settings, out _);
            states.Add(history.State);
        }

        return states;
    }

    private static bool Same(UserHistoryState a, UserHistoryState b) =>
        a.Before.SequenceEqual(b.Before) && a.Since.SequenceEqual(b.Since) && a.Open.SequenceEqual(b.Open)
        && (a.FirstTargetId, a.FirstTargetTime, a.LastSearch, a.Seen) == (b.FirstTargetId, b.FirstTargetTime, b.LastSearch, b.Seen);
}
