using System.Globalization;
using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Numerics;
using Tppo.Core.Windows;
using static Tppo.Core.Judging.Category;

namespace Tppo.Core.Tests;

public class LogStatisticsTests
{
    private const int TopicCount = 12;

    [Fact]
    public void A_word_of_the_history_or_its_stem_is_relevant()
    {
        var judge = new LogStatisticsJudge(Toy(200, shuffled: false), "toy");
        var answer = JudgeTests.Ask(judge, History("walking lamps"), "walked lamp, lamps zebra, --");
        Assert.Equal([Relevant, Relevant, Relevant, Irrelevant, None], answer.Words);
    }

    [Fact]
    public void A_window_does_not_vouch_for_itself()
    {
        Window[] windows = [Window(0, "apple", "pear"), .. Enumerable.Range(1, 9).Select(i => Window(i, $"h{i}x", $"t{i}x"))];
        var statistics = LogStatistics.Of(windows);
        Assert.True(statistics.Association(new HashSet<string> { "apple" }, "pear") > 0.5);
        Assert.Equal(0, statistics.Association(new HashSet<string> { "apple" }, "pear", own: true));
        Assert.Equal(0, statistics.Association(new HashSet<string> { "apple" }, "never seen"));

        // No pair occurs outside its own window, so nothing but the history's own words is relevant.
        var judge = new LogStatisticsJudge(windows, "alone");
        Assert.Equal([Irrelevant], JudgeTests.Ask(judge, History("apple"), "pear").Words);
    }

    [Fact]
    public void Held_out_AUC_is_high_where_histories_and_targets_go_together_and_a_half_where_they_do_not()
    {
        var held = Toy(300, shuffled: false, firstUser: 10_000);
        Assert.InRange(new LogStatisticsJudge(Toy(600, shuffled: false), "toy").HeldOutAuc(held)!.Value, 0.9, 1);
        Assert.InRange(new LogStatisticsJudge(Toy(600, shuffled: true), "toy").HeldOutAuc(Toy(300, shuffled: true, firstUser: 10_000))!.Value, 0.42, 0.58);
        Assert.Null(new LogStatisticsJudge(held, "toy").HeldOutAuc([]));
        Assert.Null(new LogStatisticsJudge(held, "toy").HeldOutAuc([held[0]]));
    }

    [Fact]
    public void A_judge_that_tells_held_out_people_apart_no_better_than_a_coin_is_doubted()
    {
        var judge = new LogStatisticsJudge(Toy(600, shuffled: false), "toy");
        var held = Toy(300, shuffled: false, firstUser: 10_000);
        Assert.Null(judge.Doubt(held));
        Assert.Null(judge.Doubt([]));
        // Everybody wants the next topic's words: what it learned speaks against them.
        var turned = held.ConvertAll(w => w with { Targets = [.. w.Targets.Select(NextTopic)] });
        Assert.StartsWith($"judge {judge.Model}: AUC 0.4", judge.Doubt(turned), StringComparison.Ordinal);
    }

    [Fact]
    public void Association_tells_words_of_the_same_topic_from_others()
    {
        var judge = new LogStatisticsJudge(Toy(600, shuffled: false), "toy");
        var answer = JudgeTests.Ask(judge, History("h3q1 h3q2"), "g3q1 g5q1");
        Assert.Equal([Relevant, Irrelevant], answer.Words);
    }

    [Fact]
    public void A_response_is_relevant_where_most_of_its_queries_are_and_it_does_not_repeat_itself()
    {
        var judge = new LogStatisticsJudge(Toy(200, shuffled: false), "toy");
        Category Whole(string response) => JudgeTests.Ask(judge, History("red green blue"), response).Whole;
        Assert.Equal(Relevant, Whole("red, green, blue"));
        Assert.Equal(Relevant, Whole("red, green, zebra"));
        Assert.Equal(Irrelevant, Whole("red, lion, zebra"));
        Assert.Equal(Irrelevant, Whole("red, red, red"));
        Assert.Equal(Irrelevant, Whole("red red red, green, blue"));
        Assert.Equal(Irrelevant, Whole("--, ,"));
    }

    private static string NextTopic(string target)
    {
        var parts = target[1..].Split('q');
        return string.Create(CultureInfo.InvariantCulture, $"g{(int.Parse(parts[0], CultureInfo.InvariantCulture) + 1) % TopicCount}q{parts[1]}");
    }

    // Twelve topics with history words of their own and target words of their own; shuffled, targets are of any topic.
    private static List<Window> Toy(int users, bool shuffled, int firstUser = 0)
    {
        var windows = new List<Window>();
        for (var u = firstUser; u < firstUser + users; u++)
        {
            var random = SeededRandom.For("toy", u);
            var topic = random.NextInt(TopicCount);
            var other = shuffled ? random.NextInt(TopicCount) : topic;
            windows.Add(Window(
                u, $"h{topic}q{random.NextInt(3)} h{topic}q{random.NextInt(3)}", $"g{other}q{random.NextInt(3)}",
                $"g{other}q{random.NextInt(3)}", $"g{other}q{random.NextInt(3)}"));
        }

        return windows;
    }

    private static Window Window(int user, string history, params string[] targets) =>
        new(Digest.Sha256Hex($"{user}"), $"u{user}", History(history), targets);

    private static HistoryEvent[] History(string text) => [new HistoryEvent(EventType.Search, DateTime.UnixEpoch, text, "")];
}
