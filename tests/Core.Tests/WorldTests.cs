using Tppo.Core.Events;
using Tppo.Core.Judging;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Core.World;

namespace Tppo.Core.Tests;

public class WorldTests
{
    private static readonly SearchWorld World = new(1, new WorldSettings { Users = 600 });

    [Fact]
    public void Every_word_of_the_vocabulary_stands_once()
    {
        var words = WorldVocabulary.BuiltIn;
        List<string> all =
        [
            .. words.Facets.SelectMany(f => f.Heads.Concat(f.Modifiers)), .. words.Brands.Values.SelectMany(b => b), .. words.Trends,
            .. words.Navigation.SelectMany(n => n).Distinct(), .. words.Budget, .. words.Premium, .. words.Titles,
        ];
        Assert.Equal(16, words.Topics.Count);
        Assert.Equal(48, words.Facets.Count);
        Assert.All(words.Facets, f => Assert.Equal((4, 8), (f.Heads.Length, f.Modifiers.Length)));
        Assert.Empty(all.GroupBy(w => w).Where(g => g.Count() > 1).Select(g => g.Key));
        Assert.InRange(all.Count, 660, 720);
    }

    [Fact]
    public void A_person_made_alone_is_the_person_of_the_whole_world()
    {
        var together = World.Events().Where(e => e.User == "u000007").ToList();
        Assert.Equal(together, new SearchWorld(1, new WorldSettings { Users = 600 }).User(7));
        Assert.NotEqual(together, new SearchWorld(2, new WorldSettings { Users = 600 }).User(7));
    }

    [Fact]
    public void The_world_of_seed_one_has_the_same_bytes_on_every_machine()
    {
        var bytes = World.Events().SelectMany(e => EventJson.Write(e)).ToArray();
        Assert.Equal("5d2f70e26e18fd54", Digest.Hex(System.Security.Cryptography.SHA256.HashData(bytes))[..16]);
    }

    [Fact]
    public async Task The_hidden_truth_is_calibrated()
    {
        var truth = new WorldTruth(World);
        var windows = World.Events().GroupBy(e => e.User).SelectMany(u => Windower.NewestOnly(u, new WindowSettings())).ToList();
        double relevant = 0, words = 0, whole = 0, mixed = 0, other = 0, copied = 0, oracle = 0, agree = 0, judged = 0;
        var judge = new OracleJudge(World, 1);
        for (var i = 0; i < windows.Count; i++)
        {
            var window = windows[i];
            var evidence = truth.Evidence(window.History);
            var response = string.Join(", ", window.Targets);
            var labels = Words.Split(response).Select(w => truth.Word(evidence, Words.Normalise(w.Text)).Relevant).ToList();
            words += labels.Count;
            relevant += labels.Count(l => l);
            mixed += labels.Distinct().Count() == 2 ? 1 : 0;
            whole += truth.Whole(evidence, response) ? 1 : 0;
            other += truth.Whole(evidence, string.Join(", ", windows[(i + 1) % windows.Count].Targets)) ? 1 : 0;
            copied += truth.Whole(evidence, string.Join(", ", window.History.Where(h => h.Type == EventType.Search).TakeLast(3).Select(h => h.Text))) ? 1 : 0;
            var best = evidence.Strength.MaxBy(s => s.Value).Key;
            var mods = World.Modifiers(best);
            oracle += truth.Whole(evidence, $"{mods[0]} {mods[1]} {World.Heads(best)[0]}, {mods[2]} {World.Heads(best)[1]}, {mods[3]} {mods[4]}") ? 1 : 0;
            var answer = (await judge.AskAsync(new JudgeInput(window.History, response), 0, TestContext.Current.CancellationToken)).Reading;
            judged += labels.Count;
            agree += labels.Where((l, k) => answer.Words[k] == Categories.Of(l)).Count();
        }

        double n = windows.Count;
        var report = string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"n {n}: words {relevant / words:F3} whole {whole / n:F3} mixed {mixed / n:F3} other {other / n:F3} copied {copied / n:F3} oracle "
            + $"{oracle / n:F3} agree {agree / judged:F3}");
        TestContext.Current.TestOutputHelper?.WriteLine(report);
        Assert.True(relevant / words is > 0.64 and < 0.78, report);
        Assert.True(whole / n is > 0.68 and < 0.86, report);
        Assert.True(mixed / n is > 0.58 and < 0.80, report);
        Assert.True(other / n < 0.14, report);
        Assert.True(copied / n > 0.93, report);
        Assert.True(oracle / n > 0.99, report);
        Assert.True(agree / judged is > 0.94 and < 0.98, report);
    }

    [Fact]
    public async Task The_judge_repeats_itself_and_without_noise_tells_the_truth()
    {
        var window = World.Events().GroupBy(e => e.User).SelectMany(u => Windower.NewestOnly(u, new WindowSettings())).First();
        var input = new JudgeInput(window.History, string.Join(", ", window.Targets));
        var noisy = new OracleJudge(World, 2);
        var first = await noisy.AskAsync(input, 0, TestContext.Current.CancellationToken);
        Assert.Equal(first.Completion, (await noisy.AskAsync(input, 1, TestContext.Current.CancellationToken)).Completion);
        var truth = new WorldTruth(World);
        var evidence = truth.Evidence(window.History);
        var answer = (await new OracleJudge(World, 0).AskAsync(input, 0, TestContext.Current.CancellationToken)).Reading;
        Assert.Equal(
            Words.Split(input.Response).Select(w => truth.Word(evidence, Words.Normalise(w.Text)).Relevant), answer.Words.Select(c => c == Category.Relevant));
    }
}
