using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Core.World;
using static Tppo.Core.Judging.Category;

namespace Tppo.Core.Tests;

public class JudgeTests
{
    private static readonly List<Word> RedShoes = Words.Split("Red shoes, --");

    [Fact]
    public void An_answer_comes_back_as_it_was_with_masked_words()
    {
        var reply = JudgeReply.Embedded(RedShoes, [Relevant, Irrelevant, None], Relevant);
        Assert.Equal("""{"words":[["Red",1],["shoes",0],["--",null]],"whole":1}""", reply.Completion.Content);
        Assert.Equal([Relevant, Irrelevant, None], reply.Reading.Words);
        Assert.Equal((Relevant, ReadingOutcome.Ok), (reply.Reading.Whole, reply.Reading.Outcome));
    }

    [Fact]
    public void The_oracle_errs_as_often_as_its_noise_says()
    {
        var world = new SearchWorld(3, new WorldSettings { Users = 900 });
        var truth = new WorldTruth(world);
        var windows = world.Events().GroupBy(e => e.User).SelectMany(u => Windower.NewestOnly(u, new WindowSettings())).ToList();
        var judge = new OracleJudge(world, 1);
        int clear = 0, clearFlips = 0, near = 0, nearFlips = 0, wholeFlips = 0;
        for (var i = 0; i < windows.Count; i++)
        {
            // Another window's targets beside the own: words of all kinds.
            var response = string.Join(", ", windows[i].Targets.Concat(windows[(i + 1) % windows.Count].Targets).Distinct());
            var evidence = truth.Evidence(windows[i].History);
            var words = Words.Split(response);
            var answer = Ask(judge, windows[i].History, response);
            wholeFlips += truth.Whole(evidence, response) == (answer.Whole == Relevant) ? 0 : 1;
            foreach (var (k, identity) in words.Select(w => Words.Normalise(w.Text)).Index().DistinctBy(w => w.Item))
            {
                var word = truth.Word(evidence, identity);
                var flipped = word.Relevant == (answer.Words[k] == Relevant) ? 0 : 1;
                if (word.Near) (near, nearFlips) = (near + 1, nearFlips + flipped);
                else (clear, clearFlips) = (clear + 1, clearFlips + flipped);
            }
        }

        Assert.InRange((double)clearFlips / clear, 0.03 - FourErrors(0.03, clear), 0.03 + FourErrors(0.03, clear));
        Assert.InRange((double)nearFlips / near, 0.20 - FourErrors(0.20, near), 0.20 + FourErrors(0.20, near));
        Assert.InRange((double)wholeFlips / windows.Count, 0.05 - FourErrors(0.05, windows.Count), 0.05 + FourErrors(0.05, windows.Count));
        Assert.True(near > 500 && clear > 5000, $"{near} near, {clear} clear");

        static double FourErrors(double p, int n) => 4 * Math.Sqrt(p * (1 - p) / n);
    }

    [Fact]
    public void Questions_are_told_apart_by_judge_history_and_response()
    {
        var world = new SearchWorld(3, new WorldSettings { Users = 10 });
        HistoryEvent[] history = [new(EventType.Search, DateTime.UnixEpoch, "a", "")];
        string Hash(double noise, HistoryEvent[] h, string response) => ContentHash.Of(new OracleJudge(world, noise), new JudgeInput(h, response));
        var all = new[]
        {
            Hash(1, history, "r"), Hash(2, history, "r"), Hash(1, history, "s"), Hash(1, [history[0] with { Url = "u" }], "r"),
            Hash(1, [history[0] with { Type = EventType.Click }], "r"), Hash(1, [.. history, .. history], "r"),
        };
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(all[0], Hash(1, [history[0] with { }], "r"));
    }

    internal static JudgeReading Ask(IJudge judge, IReadOnlyList<HistoryEvent> history, string response)
    {
        var reply = judge.AskAsync(new JudgeInput(history, response), attempt: 0, TestContext.Current.CancellationToken).AsTask();
        Assert.True(reply.IsCompletedSuccessfully);
        return reply.Result.Reading;
    }
}
