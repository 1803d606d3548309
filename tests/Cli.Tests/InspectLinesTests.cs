using System.Text.Json.Nodes;
using Tppo.TestKit;

namespace Tppo.Cli.Tests;

/// <summary>What goes into <c>tppo inspect</c> by lines is looked at, and what comes out has a form for what is undefined.</summary>
public sealed class InspectLinesTests
{
    private const string Advantages =
        """
        {"gamma":1,"lambda":0.95,"clip":0.2,"value_clip":0.2,"mask":[[1,1],[1,1]],"rewards":[[0,1],[0,1]],"values":[[0.1,0.1],[0.1,0.1]],
        "new_values":[[0.1,0.1],[0.1,0.1]],"logprobs":[[-1,-1],[-1,-1]],"old_logprobs":[[-1,-1],[-1,-1]],"ref_logprobs":[[-1,-1],[-1,-1]]}
        """;

    private const string Shaping =
        """
        {"map":"signed","penalty":"none","repeat_rule":true,"alpha":1,"soft_length":20,"divide_by_words":false,"beta":0,"words":["a"],
        "tokens":[{"category":2,"word":0,"eos":false,"probabilities":[0.2,0.3,0.5]}],"old_logprobs":[0],"ref_logprobs":[0]}
        """;

    private const string RewardLosses =
        """
        {"w":0.5,"class_weights":"auto","logits":[[[0,0,1],[0,1,0]]],"labels":[[2,1]],"keep":[[1,1]],"response":[[1,1]],"whole":[2]}
        """;

    private const string Far = """[{"category":2,"word":5,"eos":false,"probabilities":[0,0,1]}]""";
    private const string Negative = """[{"category":2,"word":-1,"eos":false,"probabilities":[0,0,1]}]""";
    private const string Fourth = """[{"category":3,"word":0,"eos":false,"probabilities":[0,0,1]}]""";
    private const string Two = """[{"category":2,"word":0,"eos":false,"probabilities":[0,1]}]""";

    private const string Alignment = """{"response":" a b","tokens":["2061","2062"],"word_categories":[1,2]}""";

    [Fact]
    public void What_is_undefined_is_null_and_stops_no_other_line()
    {
        var answers = Answers(
            "statistics",
            """{"successes":0,"n":0}""", """{"first":[2,3,4],"second":[1,2,3]}""", """{"first":[2],"second":[1]}""", """{"first":[],"second":[]}""",
            """{"scores":[0.5],"labels":[1]}""", """{"scores":[],"labels":[]}""", """{"only_first":5,"only_second":5}""", """{"successes":4,"n":4}""");
        Assert.Equal("""{"low":null,"high":null}""", answers[0]);
        Assert.Equal("""{"mean_difference":1,"t":null,"p":0,"low":1,"high":1}""", answers[1]);
        Assert.Equal("""{"mean_difference":1,"t":null,"p":null,"low":null,"high":null}""", answers[2]);
        Assert.Equal("""{"mean_difference":null,"t":null,"p":null,"low":null,"high":null}""", answers[3]);
        Assert.StartsWith("""{"auc":null,"brier":0.25,"log_loss":0.69""", answers[4], StringComparison.Ordinal);
        Assert.Equal("""{"auc":null,"brier":null,"log_loss":null}""", answers[5]);
        Assert.StartsWith("""{"exact_p":1,"chi2_corrected":0.1,"chi2_corrected_p":0.75""", answers[6], StringComparison.Ordinal);
        Assert.EndsWith("""high":1}""", answers[7], StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_beyond_float64_is_null_where_it_is_and_the_rest_of_the_line_stands()
    {
        var answer = JsonNode.Parse(Assert.Single(Answers("advantages", With(Advantages, "logprobs", "[[-1,-2000],[-1,-1]]"))))!;
        Assert.Equal("[[0,null],[0,0]]", answer["kl_to_reference"]!["k3"]!.ToJsonString());
        Assert.Equal("[[0,-1999],[0,0]]", answer["kl_to_reference"]!["k1"]!.ToJsonString());
        Assert.NotNull(answer["policy_loss"]);
    }

    [Fact]
    public void Tokens_are_aligned_by_the_bytes_of_the_text_that_they_spell()
    {
        const string noText = """{"response":" \ufffd\ufffd\ufffd a b c","tokens":["20","ff","fe","fd","2061","2062","2063"],"word_categories":[1,2,1,2]}""";
        var answer = JsonNode.Parse(Assert.Single(Answers("alignment", noText)))!;
        Assert.Equal("[0,1,1,1,2,1,2]", answer["token_categories"]!.ToJsonString());
    }

    [Fact]
    public void Words_that_differ_by_what_belongs_to_them_are_no_repeats()
    {
        foreach (var words in new[] { """["c++","c#"]""", """["a+","a-"]""", """["-5","5"]""", """["$5","€5"]""" })
        {
            const string tokens =
                """[{"category":2,"word":0,"eos":false,"probabilities":[0,0,1]},{"category":2,"word":1,"eos":false,"probabilities":[0,0,1]}]""";
            var input = With(With(With(With(Shaping, "words", words), "tokens", tokens), "old_logprobs", "[0,0]"), "ref_logprobs", "[0,0]");
            Assert.Equal("""{"rewards":[1,1],"rewards_with_kl":[1,1]}""", Assert.Single(Answers("shaping", input)));
        }
    }

    [Theory]
    [InlineData("advantages", Advantages, "logprobs", "[[-1],[-1]]", "logprobs[0]: expected 2 columns as in mask, found 1")]
    [InlineData("advantages", Advantages, "rewards", "[[1],[1]]", "rewards[0]: expected 2 columns as in mask, found 1")]
    [InlineData("advantages", Advantages, "values", "[[0.1,0.1]]", "values: expected 2 rows as in mask, found 1")]
    [InlineData("advantages", Advantages, "values", "[[0.1,0.1],[0.1,0.1,0.1]]", "values[1]: expected 2 columns as in mask, found 3")]
    [InlineData("advantages", Advantages, "new_values", "[0.1,0.1]", "new_values[0]: expected a list, found 0.1")]
    [InlineData("advantages", Advantages, "old_logprobs", "[[-1,null],[-1,-1]]", "old_logprobs[0][1]: expected a finite number, found null")]
    [InlineData("advantages", Advantages, "ref_logprobs", "[[-1,1e999],[-1,-1]]", "ref_logprobs[0][1]: expected a finite number, found 1e999")]
    [InlineData("advantages", Advantages, "mask", "[[],[]]", "mask: expected at least one row of at least one token")]
    [InlineData("advantages", Advantages, "mask", "[]", "mask: expected at least one row of at least one token")]
    [InlineData("advantages", Advantages, "mask", "[[1,1],[0,1]]", "mask[1]: expected its ones at the left, found a 0 before the 1 of token 1")]
    [InlineData("advantages", Advantages, "mask", "[[1,2],[1,1]]", "mask[0][1]: expected a whole number from 0 to 1, found 2")]
    [InlineData("advantages", Advantages, "gamma", "1.5", "gamma: expected 0 to 1, found 1.5")]
    [InlineData("advantages", Advantages, "clip", "-1", "clip: expected at least 0, found -1")]
    [InlineData("advantages", Advantages, "lambda", "\"1\"", "lambda: expected a finite number, found \"1\"")]
    [InlineData("shaping", Shaping, "tokens", Far, "tokens[0].word: expected a whole number from 0 to 0, found 5")]
    [InlineData("shaping", Shaping, "tokens", Negative, "tokens[0].word: expected a whole number")]
    [InlineData("shaping", Shaping, "tokens", Fourth, "tokens[0].category: expected a whole number")]
    [InlineData("shaping", Shaping, "tokens", Two, "tokens[0].probabilities: expected 3 numbers")]
    [InlineData("shaping", Shaping, "tokens", """[{"category":2,"word":0,"probabilities":[0,0,1]}]""", "eos: expected a value, found none")]
    [InlineData("shaping", Shaping, "words", "[null]", "words[0]: expected a text, found null")]
    [InlineData("shaping", Shaping, "words", "[]", "tokens[0].word: expected null, since there are no words, found 0")]
    [InlineData("shaping", Shaping, "old_logprobs", "[0,0]", "old_logprobs: expected 1 numbers as in tokens, found 2")]
    [InlineData("shaping", Shaping, "ref_logprobs", "[]", "ref_logprobs: expected 1 numbers as in tokens, found 0")]
    [InlineData("shaping", Shaping, "map", "\"signed,paper_literal\"", "map: expected signed, paper_literal or probability_difference, found")]
    [InlineData("shaping", Shaping, "map", "1", "map: expected signed, paper_literal or probability_difference, found 1")]
    [InlineData("shaping", Shaping, "penalty", "\"0\"", "penalty: expected")]
    [InlineData("reward-losses", RewardLosses, "logits", "[[[0,0,1],[0,1]]]", "logits[0][1]: expected 3 numbers as in the categories, found 2")]
    [InlineData("reward-losses", RewardLosses, "logits", "[[[0,0,1]]]", "logits[0]: expected 2 columns as in labels, found 1")]
    [InlineData("reward-losses", RewardLosses, "labels", "[[2,1.5]]", "labels[0][1]: expected a whole number from 0 to 2, found 1.5")]
    [InlineData("reward-losses", RewardLosses, "keep", "[[1]]", "keep[0]: expected 2 columns as in labels, found 1")]
    [InlineData("reward-losses", RewardLosses, "whole", "[2,2]", "whole: expected 1 items as in labels, found 2")]
    [InlineData("reward-losses", RewardLosses, "whole", "[300]", "whole[0]: expected a whole number from 0 to 2, found 300")]
    [InlineData("reward-losses", RewardLosses, "class_weights", "[1,1]", "class_weights: expected 3 numbers as in the categories, found 2")]
    [InlineData("alignment", Alignment, "tokens", """["e2968161","e2968162"]""", "tokens: expected tokens that spell response, found \"▁a▁b\"")]
    [InlineData("alignment", Alignment, "tokens", """["2061"]""", "tokens: expected tokens that spell response")]
    [InlineData("alignment", Alignment, "tokens", """["2061","206"]""", "tokens[1]: expected bytes in hex, found \"206\"")]
    [InlineData("alignment", Alignment, "tokens", """["2061",null]""", "tokens[1]: expected a text, found null")]
    [InlineData("alignment", Alignment, "word_categories", "[1]", "word_categories: expected 2 categories as in the words of response, found 1")]
    [InlineData("statistics", """{"successes":1,"n":2}""", "successes", "3", "successes: expected a whole number from 0 to 2, found 3")]
    [InlineData("statistics", """{"only_first":1,"only_second":2}""", "only_second", "-1", "only_second: expected a whole number from 0")]
    [InlineData("statistics", """{"first":[1,2],"second":[1,2]}""", "second", "[1]", "second: expected 2 numbers as in first, found 1")]
    [InlineData("statistics", """{"scores":[1,2],"labels":[1,0]}""", "labels", "[1]", "labels: expected 2 items as in scores, found 1")]
    [InlineData("statistics", """{"scores":[1,2],"labels":[1,0]}""", "labels", "[1,2]", "labels[1]: expected a whole number from 0 to 1, found 2")]
    public void What_cannot_be_computed_with_is_refused_by_line_and_field(string kind, string input, string field, string value, string told)
    {
        Answers(kind, input);
        var result = TppoProcess.Run(["inspect", kind], Line(With(input, field, value)));
        UsageTests.AssertRefused(result, "standard input:1: ");
        Assert.Contains(told, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_are_UTF8_on_both_sides_whatever_the_locale()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");
        using var folder = new TempFolder();
        var file = folder.Write(
            "lines.jsonl", """{"name":"é","input":{"response":" café é olé","tokens":["20636166c3a9","20c3a9","206f6cc3a9"],"word_categories":[1,2,1]}}""");
        var (code, output, error) = TppoProcess.Shell("""export LC_ALL=de_DE.ISO-8859-1; $TPPO inspect alignment <"$1"; $TPPO inspect alignment "$1" """, file);
        Assert.Equal((0, ""), (code, error));
        var lines = UsageTests.Lines(output);
        Assert.Equal(lines[0], lines[1]);
        Assert.Equal("é", JsonNode.Parse(lines[0])!["name"]!.GetValue<string>());
        Assert.Equal("[1,2,1]", JsonNode.Parse(lines[0])!["output"]!["token_categories"]!.ToJsonString());

        var refused = TppoProcess.Shell("LC_ALL=de_DE.ISO-8859-1 $TPPO inspect statistics --größe");
        Assert.Contains("--größe", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_closed_standard_input_holds_no_line_and_ends_at_once()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");
        Assert.Equal(new CommandResult(0, "", ""), TppoProcess.Shell("timeout 60 $TPPO inspect statistics <&-"));
        Assert.Equal(new CommandResult(0, "", ""), TppoProcess.Shell("timeout 60 $TPPO inspect statistics </dev/null"));
    }

    private static string[] Answers(string kind, params string[] inputs)
    {
        var result = TppoProcess.Run(["inspect", kind], string.Concat(inputs.Select(Line)));
        Assert.Equal((0, ""), (result.Code, result.Error));
        return [.. UsageTests.Lines(result.Output).Select(l => JsonNode.Parse(l)!["output"]!.ToJsonString())];
    }

    private static string Line(string input) => $$"""{"name":"n","input":{{input.ReplaceLineEndings(" ")}}}""" + "\n";

    // The same input with another value of one field, as it is written: JSON that .NET would not write stays.
    private static string With(string input, string field, string value)
    {
        var json = JsonNode.Parse(input)!.AsObject();
        json[field] = "other";
        return json.ToJsonString().Replace($"\"{field}\":\"other\"", $"\"{field}\":{value}", StringComparison.Ordinal);
    }
}
