using Tppo.TestKit;

namespace Tppo.Cli.Tests;

public sealed class UsageTests
{
    [Theory]
    [InlineData("")]
    [InlineData("demo")]
    [InlineData("run")]
    [InlineData("rebuild")]
    [InlineData("inspect")]
    [InlineData("inspect windows")]
    [InlineData("inspect log")]
    [InlineData("inspect advantages")]
    [InlineData("inspect shaping")]
    [InlineData("inspect reward-losses")]
    [InlineData("inspect alignment")]
    [InlineData("inspect statistics")]
    [InlineData("topics")]
    [InlineData("topics describe")]
    [InlineData("topics tail")]
    [InlineData("topics create")]
    public void Every_verb_has_help_and_describes_each_of_its_options(string verb)
    {
        var help = TppoProcess.Run([.. Words(verb), "--help"]);
        Assert.Equal((0, ""), (help.Code, help.Error));
        Assert.Contains($"tppo {verb}".Trim(), help.Output, StringComparison.Ordinal);
        foreach (var line in help.Output.Split('\n').Where(l => l.StartsWith("  --", StringComparison.Ordinal)))
            Assert.Matches(@"^  --\S+( <[^>]+>)?( \(REQUIRED\))?  +\S.*\S", line);
    }

    [Theory]
    [InlineData("fly", "fly")]
    [InlineData("demo --sise tiny", "--sise")]
    [InlineData("demo --size huge", "huge")]
    [InlineData("demo --seed x", "x")]
    [InlineData("demo --seed -1", "--seed")]
    [InlineData("demo --minutes 0", "--minutes")]
    [InlineData("demo --minutes 1,5", "--minutes: expected a number, found \"1,5\"")]
    [InlineData("demo --minutes NaN", "--minutes: expected a number, found \"NaN\"")]
    [InlineData("demo --seed 1,000", "--seed: expected a whole number, found \"1,000\"")]
    [InlineData("demo --seed 1.5", "--seed: expected a whole number, found \"1.5\"")]
    [InlineData("inspect windows --events x --targets 1,0", "--targets: expected a whole number, found \"1,0\"")]
    [InlineData("inspect windows --events x --history 1_000", "--history: expected a whole number, found \"1_000\"")]
    [InlineData("run all --metrics-port 9,464", "--metrics-port: expected a whole number, found \"9,464\"")]
    [InlineData("run all --log-level 1", "--log-level: expected trace, debug, information, warning, error, critical or none, found \"1\"")]
    [InlineData("run all --log-level warning,error", "found \"warning,error\"")]
    [InlineData("topics tail windows.v1 --partition 1,0", "--partition: expected a whole number, found \"1,0\"")]
    [InlineData("topics tail windows.v1 --count 1.000", "--count: expected a whole number, found \"1.000\"")]
    [InlineData("topics tail windows.v1 --from 1,0", "--from")]
    [InlineData("topics create --partitions 1,024", "--partitions: expected a whole number, found \"1,024\"")]
    [InlineData("demo --json /tmp", "--json /tmp: expected a file, found a folder")]
    [InlineData("demo --json /no/such/folder/file", "--json /no/such/folder/file: no such folder")]
    [InlineData("demo --events /no/such/file.tsv", "/no/such/file.tsv")]
    [InlineData("run nobody", "nobody")]
    [InlineData("run all --data /no/such/folder", "run.json")]
    [InlineData("run all --config /no/such.json", "/no/such.json")]
    [InlineData("rebuild", "--data")]
    [InlineData("rebuild --data /no/such/folder", "run.json")]
    [InlineData("inspect windows", "--events")]
    [InlineData("inspect windows --events /no/such/file.tsv", "/no/such/file.tsv")]
    [InlineData("inspect windows --events /tmp", "directory")]
    [InlineData("inspect shaping /no/such/file.jsonl", "/no/such/file.jsonl")]
    [InlineData("inspect log --data /no/such/folder", "/no/such/folder")]
    [InlineData("inspect statistics --loud", "--loud")]
    public void What_cannot_be_is_told_in_one_line_that_names_it_with_exit_code_2(string command, string named) =>
        AssertRefused(TppoProcess.Run(Words(command)), named);

    [Fact]
    public void A_line_that_inspect_cannot_use_is_named_by_file_and_line()
    {
        using var folder = new TempFolder();
        var good = """{"name":"a","input":{"successes":1,"n":2}}""";
        var file = folder.Write("lines.jsonl", good, "{\"name\":\"b\"");
        var result = TppoProcess.Run("inspect", "statistics", file);
        Assert.Equal(2, result.Code);
        Assert.Single(Lines(result.Error));
        Assert.Contains("lines.jsonl:2", result.Error, StringComparison.Ordinal);
        Assert.Single(Lines(result.Output));
    }

    [Fact]
    public void A_dry_run_prints_every_setting_and_does_nothing()
    {
        using var folder = new TempFolder();
        var config = folder.Write("config.json", """{"seed": 7, "tppo": {"gamma": 0.5}}""");
        var result = TppoProcess.Run("run", "labeler", "--config", config, "--data", folder.At("data"), "--dry-run", "--until-idle", "--log-format", "json");
        Assert.Equal((0, ""), (result.Code, result.Error));
        string[] parts =
        [
            "\"seed\": 7",
            "\"gamma\": 0.5",
            "\"lambda\": 0.95",
            "\"judge_noise\": 1",
            "\"service\": \"labeler\"",
            "\"until_idle\": true",
            "\"metrics_port\": 9466",
            "\"log_format\": \"json\"",
        ];
        foreach (var part in parts)
            Assert.Contains(part, result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.At("data")));
    }

    [Theory]
    [InlineData("""{"seed": 7, "sede": 8}""", ":1", "sede")]
    [InlineData("""{"tppo": {"gama": 0.5}}""", ":1", "gama")]
    [InlineData("""{"tppo": {"gamma": 1.5}}""", "", "tppo.gamma")]
    [InlineData("""{"model": {"width": 30, "heads": 4}}""", "", "model.width")]
    [InlineData("""{"numerics": "fast"}""", ":1", "numerics")]
    [InlineData("""{"seed": }""", ":1", "")]
    [InlineData("""{"model": null}""", "", "model")]
    public void A_setting_that_cannot_be_is_refused_with_file_and_key(string json, string line, string key)
    {
        using var folder = new TempFolder();
        var config = folder.Write("config.json", json);
        AssertRefused(TppoProcess.Run("run", "all", "--config", config, "--data", folder.At("data")), config + line, key);
        Assert.False(Directory.Exists(folder.At("data")));
    }

    [Theory]
    [InlineData("--metrics-port", "70000")]
    [InlineData("--metrics-address", "nowhere")]
    [InlineData("--log-level", "loud")]
    [InlineData("--log-format", "xml")]
    public void An_option_of_a_process_that_cannot_be_is_refused_by_name(string option, string value)
    {
        using var folder = new TempFolder();
        var config = folder.Write("config.json", "{}");
        AssertRefused(TppoProcess.Run("run", "all", "--config", config, "--data", folder.At("data"), option, value), value);
    }

    internal static void AssertRefused(CommandResult result, params string[] named)
    {
        Assert.True(result.Code == 2, $"exit code {result.Code}: {result.Error}");
        Assert.Empty(result.Output);
        Assert.True(Lines(result.Error).Length == 1, result.Error);
        foreach (var part in named) Assert.Contains(part, result.Error, StringComparison.Ordinal);
    }

    internal static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string[] Words(string command) => command.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
