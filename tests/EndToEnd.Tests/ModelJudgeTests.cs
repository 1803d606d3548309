using Tppo.Core.World;
using Tppo.TestKit;
using Tppo.TestKit.Judges;

namespace Tppo.EndToEnd.Tests;

/// <summary>Whole commands with a chat endpoint as judge: a stand-in over HTTP that knows the search world's truth.</summary>
public sealed class ModelJudgeTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tppo-model-judge-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task A_useless_judge_ends_the_demo_in_a_line_and_goes_on_under_a_warning_where_people_say_so()
    {
        await using var judge = await StandInJudge.StartAsync(
            r => StandInAnswer.Content(Oracle.Answer(r.Prompt).Replace(",0]", ",1]", StringComparison.Ordinal)));
        var refused = TppoProcess.Run(Demo(judge));
        Assert.Equal(2, refused.Code);
        Assert.Contains("no better than a coin; no label was bought", refused.Error, StringComparison.Ordinal);
        var anyway = TppoProcess.Run(Demo(judge, "--judge-anyway"));
        Assert.True(anyway.Code == 0, anyway.Error);
        Assert.Contains("warning: judge stand-in", anyway.Output, StringComparison.Ordinal);
        Assert.Contains("Warning: judge stand-in", File.ReadAllText(Path.Combine(folder, "report.html")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Judge_check_tells_a_judge_that_knows_from_one_that_says_yes_to_all()
    {
        await using var knows = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)));
        var good = TppoProcess.Run(Check(knows));
        Assert.True(good.Code == 0, good.Output + good.Error);
        Assert.Contains("is of use as a judge here", good.Output, StringComparison.Ordinal);
        var asked = knows.Requests.Count;
        Assert.Equal(0, TppoProcess.Run(Check(knows)).Code);
        Assert.Equal(asked, knows.Requests.Count);

        await using var agrees = await StandInJudge.StartAsync(r => StandInAnswer.Content(Oracle.Answer(r.Prompt)
            .Replace(",0]", ",1]", StringComparison.Ordinal).Replace("\"Score\": 0", "\"Score\": 1", StringComparison.Ordinal)
            .Replace("\"vote\": \"B\"", "\"vote\": \"A\"", StringComparison.Ordinal)));
        var bad = TppoProcess.Run([.. Check(agrees), "--judge-temperature", "0.1"]);
        Assert.True(bad.Code == 3, bad.Output + bad.Error);
        Assert.Contains("is of no use as a judge here", bad.Output, StringComparison.Ordinal);
    }

    private static StandInOracle Oracle { get; } = new(new SearchWorld(1, new WorldSettings { Users = 160, Days = 40 }));

    private static string[] Judge(StandInJudge judge) => ["--judge", "openai", "--judge-url", $"{judge.Url}", "--judge-model", "stand-in"];

    private string[] Demo(StandInJudge judge, params string[] more) => ["demo", "--size", "tiny", "--data", folder, .. Judge(judge), .. more];

    private string[] Check(StandInJudge judge) => ["judge", "check", "--pairs", "40", "--data", Path.Combine(folder, "check"), .. Judge(judge)];
}
