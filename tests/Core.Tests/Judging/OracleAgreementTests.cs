using System.Globalization;
using Tppo.Core.Judging;
using Tppo.Core.Settings;
using Tppo.Core.Text;
using Tppo.Core.Windows;
using Tppo.Core.World;

namespace Tppo.Core.Tests;

/// <summary>
/// How often the search world's judge at noise 1 says the truth of a word: of distinct words of a response, as the world's calibration
/// counts. It follows from how many of them are near misses, and those are more the worse a policy is.
/// </summary>
public class OracleAgreementTests(ITestOutputHelper output)
{
    private const double ClearFlip = 0.03;
    private const double NearFlip = 0.20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Of_the_words_that_people_search_next_the_judge_is_right_in_95_to_97_of_100(long seed)
    {
        var world = new SearchWorld(seed, new WorldSettings { Users = 3000 });
        var windows = world.Events().GroupBy(e => e.User).SelectMany(u => Windower.NewestOnly(u, new WindowSettings()));
        Assert.InRange(Agreement(world, windows.Select(w => (w, QueryText.Response(w.Targets)))), 0.95, 0.97);
    }

    /// <summary>
    /// Data/sft_responses.tsv: what the policy of the small demo, seed 1, said after supervised fine-tuning, for 1,000 training windows
    /// (person, which of that person's windows, response). Of its words about 13 in 100 are near misses, of people's own 7 or 8.
    /// </summary>
    [Fact]
    public void Of_the_words_that_a_fine_tuned_policy_says_the_judge_is_right_in_94_to_96_of_100()
    {
        var world = new SearchWorld(1, new WorldSettings());
        var said = File.ReadLines(Golden.PathOf("sft_responses.tsv")).Skip(1).Select(l => l.Split('\t'))
            .GroupBy(l => int.Parse(l[0], CultureInfo.InvariantCulture), l => (Window: int.Parse(l[1], CultureInfo.InvariantCulture), Response: l[2]))
            .SelectMany(person =>
            {
                var windows = Windower.Windows(world.User(person.Key), new WindowSettings()).ToList();
                return person.Select(r => (windows[r.Window], r.Response));
            }).ToList();
        Assert.Equal(1000, said.DistinctBy(r => r.Item1.Id).Count());
        Assert.InRange(Agreement(world, said), 0.94, 0.96);
    }

    // Also held to what the rates say: each word of a history is flipped by a hash of its own.
    private double Agreement(SearchWorld world, IEnumerable<(Window Window, string Response)> responses)
    {
        var truth = new WorldTruth(world);
        var judge = new OracleJudge(world, 1);
        int count = 0, agreed = 0, near = 0, relevant = 0, said = 0, whole = 0;
        foreach (var (window, response) in responses)
        {
            var evidence = truth.Evidence(window.History);
            var words = Words.Split(response);
            var answer = JudgeTests.Ask(judge, window.History, response.Trim());
            foreach (var (i, identity) in words.Select(w => Words.Normalise(w.Text)).Index().Where(w => w.Item.Length > 0).DistinctBy(w => w.Item))
            {
                var word = truth.Word(evidence, identity);
                count++;
                agreed += answer.Words[i] == Categories.Of(word.Relevant) ? 1 : 0;
                near += word.Near ? 1 : 0;
                relevant += word.Relevant ? 1 : 0;
            }

            said++;
            whole += truth.Whole(evidence, response) ? 1 : 0;
        }

        double agreement = (double)agreed / count, share = (double)near / count, expected = 1 - (NearFlip * share) - (ClearFlip * (1 - share));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"agreement {agreement:F4}, expected {expected:F4}; {count} words, near {share:F3}, relevant {(double)relevant / count:F3}; "
            + $"{said} responses, relevant {(double)whole / said:F3}"));
        var error = Math.Sqrt(((NearFlip * (1 - NearFlip) * share) + (ClearFlip * (1 - ClearFlip) * (1 - share))) / count);
        Assert.InRange(agreement, expected - (4 * error), expected + (4 * error));
        return agreement;
    }
}
