using Tppo.TestKit;

namespace Tppo.Cli.Tests;

public sealed class GenerateCommandTests
{
    private static readonly string Model = Path.Combine(WorkingTree.Root, "tests/Learning.Tests/Data/mistral-window");

    [Fact]
    public void A_pretrained_model_is_asked_in_lines_and_the_same_seed_gives_the_same_queries()
    {
        var first = Three("running shoes; trail socks");
        Assert.True(first.Code == 0, first.Error);
        Assert.Equal(3, first.Output.TrimEnd('\n').Split('\n').Length);
        Assert.DoesNotContain('\u001b', first.Output);
        Assert.Equal(first.Output, Three("running shoes;trail socks;").Output);
        Assert.NotEqual(first.Output, Three("running shoes; trail socks", "--seed", "2").Output);

        static CommandResult Three(string history, params string[] more) =>
            TppoProcess.Run(["generate", "--model", Model, "--history", history, "--samples", "3", "--tokens", "12", .. more]);
    }

    [Theory]
    [InlineData("expected --model FOLDER or --data DIR", "--history", "a")]
    [InlineData("expected --history", "--model", "MODEL")]
    [InlineData("--history: expected one search or more", "--model", "MODEL", "--history", ";;")]
    [InlineData("--user: expected --data with it", "--model", "MODEL", "--user", "ann")]
    [InlineData("--samples: expected 1 to 1000, found 0", "--model", "MODEL", "--history", "a", "--samples", "0")]
    [InlineData("--temperature: expected 0.01 to 10, found 0", "--model", "MODEL", "--history", "a", "--temperature", "0")]
    [InlineData("config.json: no such file", "--model", "/", "--history", "a")]
    public void What_cannot_be_is_refused_in_one_line(string told, params string[] arguments)
    {
        var result = TppoProcess.Run(["generate", .. arguments.Select(a => a == "MODEL" ? Model : a)]);
        Assert.Equal(2, result.Code);
        Assert.Contains(told, Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }
}
