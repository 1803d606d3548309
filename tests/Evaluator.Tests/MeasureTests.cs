using System.Text.Json;
using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Models;
using Tppo.Core.Rollouts;
using Tppo.Core.Statistics;
using Tppo.Core.Windows;
using Tppo.Streaming.Records;

namespace Tppo.Evaluator.Tests;

public sealed class MeasureTests
{
    private static readonly Window Window = new(
        "w", "u",
        [
            new HistoryEvent(EventType.Search, DateTime.UnixEpoch, "Red  Shoes!", ""),
            new HistoryEvent(EventType.Click, DateTime.UnixEpoch, "green hat", ""),
        ],
        ["a", "b", "c"]);

    [Fact]
    public void A_response_is_counted_by_hand()
    {
        // Words: red shoes | green hat | ... hat. The dots are no word; the second query is a click's text, not a search's.
        var (no, yes) = (Category.Irrelevant, Category.Relevant);
        var measure = Of(" red shoes, green hat, ... hat", [yes, no, yes, yes, Category.None, yes], whole: yes, tokens: 9, finished: true);
        Assert.Equal(
            new ResponseMeasure(
                "w", Relevant: true, Words: 5, RelevantWords: 4, DistinctWords: 4, Queries: 3, Copied: 1, Tokens: 8, Ended: true, Malformed: false),
            measure);
    }

    [Theory]
    [InlineData(" one, two", 2, true)]
    [InlineData(" one, two, three, four", 4, true)]
    [InlineData(" one, , two", 2, true)]
    [InlineData(" one, two, ...", 2, true)]
    [InlineData(" one, two, three", 3, false)]
    [InlineData(" one, two, three,", 3, false)]
    [InlineData("", 0, true)]
    public void With_other_than_k_queries_a_response_is_malformed_and_never_relevant(string response, int queries, bool malformed)
    {
        var measure = Of(response, [.. Core.Text.Words.Split(response).Select(_ => Category.Relevant)], whole: Category.Relevant, tokens: 4, finished: true);
        Assert.Equal((queries, malformed, !malformed), (measure.Queries, measure.Malformed, measure.Relevant));
    }

    [Theory]
    [InlineData(Category.None)]
    [InlineData(Category.Irrelevant)]
    public void A_whole_that_is_irrelevant_or_unknown_is_not_relevant(Category whole) =>
        Assert.False(Of(" a, b, c", AllRelevant, whole, tokens: 4, finished: true).Relevant);

    [Fact]
    public void A_response_that_was_cut_off_has_no_end_token_to_leave_out() =>
        Assert.True(Of(" a, b, c", AllRelevant, Category.Relevant, tokens: 4, finished: false) is { Tokens: 4, Ended: false });

    [Fact]
    public void A_summary_is_counted_by_hand()
    {
        var summary = Summary.Of(
        [
            new ResponseMeasure("a", true, 4, 3, 4, 3, 1, 10, true, false),
            new ResponseMeasure("b", false, 6, 2, 3, 3, 0, 20, false, false),
            new ResponseMeasure("c", false, 0, 0, 0, 0, 0, 0, true, true),
            new ResponseMeasure("d", false, 2, 0, 1, 2, 1, 6, true, true),
        ]);
        var wilson = Wilson.Of(1, 4);
        Assert.Equal(new Summary(0.25, wilson.Low, wilson.High, 4, 5 / 12.0, (1 + 0.5 + 0.5) / 3, 2 / 8.0, 9, 0.25, 2, 0.5), summary);
        Assert.InRange(wilson.Low, 0.04, 0.06);
    }

    [Fact]
    public void What_is_undefined_is_no_figure_and_not_0()
    {
        var summary = Summary.Of([new ResponseMeasure("a", false, 0, 0, 0, 0, 0, 0, true, true)]);
        Assert.Equal((null, null, null, 1.0), (summary.Words, summary.Distinct, summary.Copied, summary.Malformed));

        var one = Summary.Difference(Relevant(("a", false)), Relevant(("a", true)));
        Assert.Equal((1, double.NaN, double.NaN), (one.Mean, one.Low, one.High));
        var checkpoint = new CheckpointProduced(
            1, CheckpointProduced.KindName, "policy", 4, "abc", 4, true, new Fold(0, 1, 100), new Dictionary<string, string>(),
            new Dictionary<string, double>());
        var measured = JsonDocument.Parse(Assert.Single(Promotion.Of(checkpoint, one)).Value).RootElement.GetProperty("detail").GetProperty("difference");
        Assert.Equal(JsonValueKind.Null, measured.GetProperty("low").ValueKind);
    }

    [Fact]
    public void A_difference_is_paired_by_window_whatever_the_order()
    {
        var before = Relevant(("a", false), ("b", true), ("c", false), ("d", false));
        var after = Relevant(("d", true), ("c", true), ("b", true), ("a", false));
        var difference = Summary.Difference(before, after);
        Assert.Equal(0.5, difference.Mean);
        Assert.Equal(PairedTest.T([0, 0, 1, 0], [1, 1, 1, 0]), difference);
    }

    [Theory]
    [InlineData(0.2, 0.001, true)]
    [InlineData(0.2, 0.0, false)]
    [InlineData(0.2, -0.01, false)]
    [InlineData(-0.2, -0.3, false)]
    public void Only_a_policy_better_beyond_chance_gets_the_alias(double mean, double low, bool moved)
    {
        var checkpoint = new CheckpointProduced(
            1, CheckpointProduced.KindName, "policy", 4, "abc", 4, true, new Fold(0, 1, 100), new Dictionary<string, string>(),
            new Dictionary<string, double>());
        var facts = Promotion.Of(checkpoint, new PairedDifference(mean, 0, 0, low, mean + (mean - low))).ToList();
        string[] expected = moved ? ["policy/4/evaluation_recorded", "policy/4/alias_moved"] : ["policy/4/evaluation_recorded"];
        Assert.Equal(expected, facts.Select(f => f.Headers.Single(h => h.Name == HeaderNames.Id).Value));
        Assert.All(facts, f => Assert.Equal("abc", JsonDocument.Parse(f.Value).RootElement.GetProperty("checkpoint").GetString()));
        Assert.All(facts, f => Assert.Null(CheckpointProduced.FromJson(f.Value)));
    }

    private static ResponseMeasure[] Relevant(params (string Window, bool Is)[] windows) =>
        [.. windows.Select(w => new ResponseMeasure(w.Window, w.Is, 1, 1, 1, 3, 0, 1, true, false))];

    private static readonly Category[] AllRelevant = [Category.Relevant, Category.Relevant, Category.Relevant];

    private static ResponseMeasure Of(string response, Category[] words, Category whole, int tokens, bool finished) => ResponseMeasures.Of(
        new RolloutRow
        {
            RolloutId = "r",
            WindowId = "w",
            User = "u",
            Purpose = Purposes.Evaluation,
            PolicyVersion = "policy/0",
            Sample = 0,
            Seed = 0,
            PromptIds = [],
            ResponseIds = new int[tokens],
            LogProbs = [],
            ByteStarts = [],
            ByteEnds = [],
            Response = response,
            Finished = finished,
        },
        Window, JudgeReading.Given(words, whole), targets: 3);
}
