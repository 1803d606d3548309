using System.CommandLine;
using Tppo.Core;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

/// <summary>How a command is told which log it works on.</summary>
public sealed class LogOptionsTests
{
    [Theory]
    [InlineData("broker", "--kafka")]
    [InlineData("broker:", "--kafka")]
    [InlineData(":9092", "--kafka")]
    [InlineData("broker:0", "--kafka")]
    [InlineData("broker:65536", "--kafka")]
    [InlineData("broker:9092,", "--kafka")]
    [InlineData("one:1,two", "--kafka")]
    [InlineData("http://broker:9092", "--kafka")]
    [InlineData("user@broker:9092", "--kafka")]
    [InlineData("[::g]:9092", "--kafka")]
    public void Bootstrap_servers_that_cannot_be_are_named(string servers, string option)
    {
        var refused = Assert.Throws<UserException>(() => Read("--kafka", servers));
        Assert.StartsWith(option, refused.Message, StringComparison.Ordinal);
        Assert.Contains($"'{servers}'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("broker:9092")]
    [InlineData("one.example:1,two-b.example:65535")]
    [InlineData("127.0.0.1:19092")]
    [InlineData("[::1]:9092")]
    public void Bootstrap_servers_are_taken_as_they_are(string servers) =>
        Assert.Equal(new LogChoice(servers, null, null, null), Read("--kafka", servers));

    [Theory]
    [InlineData("trial", "trial.")]
    [InlineData("trial.", "trial.")]
    [InlineData("a.b_c-D9", "a.b_c-D9.")]
    public void A_prefix_ends_in_a_dot(string prefix, string taken) =>
        Assert.Equal(taken, Read("--kafka", "h:1", "--topics-prefix", prefix).Prefix);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a b")]
    [InlineData("a/b")]
    [InlineData("ä")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x")]
    public void A_prefix_that_no_topic_can_have_is_named(string prefix) =>
        Assert.StartsWith(
            "--topics-prefix:", Assert.Throws<UserException>(() => Read("--kafka", "h:1", "--topics-prefix", prefix)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("--topics-prefix", "trial")]
    [InlineData("--kafka-security", "/no/such/file")]
    public void What_only_a_broker_has_is_refused_without_one(string option, string value) =>
        Assert.Equal($"{option}: expected --kafka HOST:PORT with it, found none", Assert.Throws<UserException>(() => Read(option, value)).Message);

    [Fact]
    public void A_security_file_is_there_or_is_named()
    {
        using var folder = new TempFolder();
        var file = folder.Write("client.properties", "security.protocol=SSL");
        Assert.Equal(file, Read("--kafka", "h:1", "--kafka-security", file).SecurityFile);
        Assert.Equal(
            "--kafka-security /no/such/file: no such file",
            Assert.Throws<UserException>(() => Read("--kafka", "h:1", "--kafka-security", "/no/such/file")).Message);
    }

    [Theory]
    [InlineData("describe")]
    [InlineData("tail windows.v1")]
    [InlineData("create")]
    public void Every_verb_of_topics_says_in_one_line_that_it_was_told_of_no_log(string verb)
    {
        UsageTests.AssertRefused(TppoProcess.Run(["topics", .. verb.Split(' ')]), "--data FOLDER", "--kafka HOST:PORT");
        UsageTests.AssertRefused(TppoProcess.Run(["topics", .. verb.Split(' '), "--kafka", "nowhere"]), "--kafka", "'nowhere'");
    }

    private static LogChoice Read(params string[] words)
    {
        var command = new RootCommand();
        var options = new LogOptions();
        options.AddTo(command);
        var parsed = command.Parse(words);
        Assert.Empty(parsed.Errors);
        return options.Read(parsed, folder: null);
    }
}
