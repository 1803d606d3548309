using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tppo.Core.Judging;
using Tppo.Core.Judging.Reading;
using Tppo.Core.Numerics;
using Tppo.Core.Settings;
using Tppo.Core.Text;

namespace Tppo.Core.Tests;

public partial class AnswerReaderTests
{
    private const int Mutations = 100_000;
    private const string Key = """(?=(?<q>["'])(?<word>(?:\\.|(?!\k<q>)[^\\])*?)\k<q>""";
    private const string Inner = """\s*[:,]\s*(?:\{\s*(?<r>["'])(?:\\.|(?!\k<r>)[^\\])*?\k<r>\s*:\s*)*""";
    private static readonly string[] Words3 = ["trail running shoes", "running socks", "cheap flights"];

    public static TheoryData<string> Parsed => [.. Cases().Select(c => c.GetProperty("id").GetString()!)];

    [Theory]
    [MemberData(nameof(Parsed))]
    public void A_case_is_read_as_it_is_to_be(string id)
    {
        var line = Cases().Single(c => c.GetProperty("id").GetString() == id);
        var (words, reading) = Read(line);
        var expected = line.GetProperty("expect");
        Assert.Equal(expected.GetProperty("outcome").GetString(), Name(reading.Outcome));
        if (expected.TryGetProperty("reason", out var reason))
        {
            Assert.Equal(reason.GetString(), Name(reading.Reason));
            Assert.Equal(expected.GetProperty("retry").GetBoolean(), reading.Retry);
            Assert.All(reading.Words, w => Assert.Equal(Category.None, w));
            return;
        }

        foreach (var word in expected.GetProperty("words").EnumerateObject())
        {
            for (var i = 0; i < words.Count; i++)
            {
                if (words[i].Text == word.Name) Assert.Equal(word.Value.GetInt32(), (int)reading.Words[i]);
            }
        }

        var whole = expected.GetProperty("whole");
        Assert.Equal(whole.ValueKind == JsonValueKind.Null ? Category.None : whole.GetInt32() == 1 ? Category.Relevant : Category.Irrelevant, reading.Whole);
        Assert.Equal(Listed(expected, "missing"), reading.Missing);
        Assert.Equal(Listed(expected, "bad_scores"), reading.BadScores);
        Assert.Equal(Listed(expected, "conflicts"), reading.Conflicts);
        Assert.Equal(Listed(expected, "ignored"), reading.Ignored);
        Assert.Equal(expected.TryGetProperty("repaired", out var repaired) && repaired.GetBoolean(), reading.Repaired);
    }

    [Theory]
    [InlineData("""{"words":[["red",1],["shoes",0],["red",0]],"whole":1}""", "Ok 2 1 2")]
    [InlineData("""[["red",1],["shoes",0],["red",0]]""", "Partial 2 1 0")]
    [InlineData("""{"red": 1, "shoes": 0} {"Relevance": {"Score": "0"}}""", "Ok 2 1 1")]
    [InlineData("""{'red': True, 'shoes': '0'} {'Relevance': 1.0}""", "Ok 2 1 2")]
    [InlineData("""{"red": 1, "shoes": 0, "RED": 1} {"Relevance": 1}""", "Ok 2 1 2")]
    [InlineData("""{"red": 1, "Red": 0, "shoes": 0} {"Relevance": 1}""", "Reject Coverage")]
    [InlineData("""<think>{"red": 0, "shoes": 0} {"Relevance": 0}</think>{"red": 1, "shoes": 1} {"Relevance": 1}""", "Ok 2 2 2")]
    [InlineData("""<think>{"red": 1, "shoes": 1} {"Relevance": 1}""", "Reject NoJson")]
    [InlineData("""{"red": 0, "shoes": 0} {"Relevance": 0} I mean {"red": 1, "shoes": 1} {"Relevance": 1} and {"red": """, "Ok 2 2 2")]
    [InlineData("""<word_sequence_judgements>{"red":1,"shoes":1}</WORD_SEQUENCE_JUDGEMENT><Across_Query_Judgement>{"Relevance":0}""", "Ok 2 2 1")]
    [InlineData("""{"red": "yes", "shoes": 3} {"Relevance": 1}""", "Reject Coverage")]
    [InlineData("""{"red": 1, "shoes": 0} {"Relevance": "high"}""", "Partial 2 1 0")]
    [InlineData("""{"red": 1, "sho""", "Reject Truncated")]
    [InlineData("   ", "Reject Empty")]
    [InlineData("[note: nothing] {see below}", "Reject NoJson")]
    public void What_models_write_is_read_and_nothing_is_made_up(string content, string expected)
    {
        var words = Words.Split("red shoes, red");
        var read = AnswerReader.Read(new Completion(content), words);
        var shown = read.Outcome == ReadingOutcome.Reject
            ? $"Reject {read.Reason}"
            : $"{read.Outcome} {(int)read.Words[0]} {(int)read.Words[1]} {(int)read.Whole}";
        Assert.Equal(expected, shown);
    }

    [Theory]
    [InlineData("red sh\u0015oes\u200B", """{"words":[["red",1],["shoes",0]],"whole":1}""", "Ok 2 1")]
    [InlineData("red sh\u0015oes\u200B", """{"shoes": 0, "red": 1} {"Relevance": 1}""", "Ok 2 1")]
    [InlineData("red \u0015", """{"words":[["red",1],["",0]],"whole":1}""", "Ok 2 0")]
    [InlineData("\u0015 \u200B", """{"whole":1}""", "Ok 0 0")]
    public void A_word_is_known_by_what_the_judge_was_shown_of_it(string response, string content, string expected)
    {
        var read = AnswerReader.Read(new Completion(content), Words.Split(response));
        Assert.Equal(expected, $"{read.Outcome} {(int)read.Words[0]} {(int)read.Words[1]}");
    }

    [Fact]
    public void Scores_go_by_position_where_the_list_is_the_response_in_order()
    {
        var read = AnswerReader.Read(new Completion("""{"words":[["red",1],["shoes",0],["red",0]],"whole":1}"""), Words.Split("red shoes, red"));
        Assert.Equal([Category.Relevant, Category.Irrelevant, Category.Irrelevant], read.Words);
    }

    [Fact]
    public void Of_a_response_without_a_word_the_whole_alone_is_judged()
    {
        var read = AnswerReader.Read(new Completion("""{"words":[["--",null]],"whole":0}"""), Words.Split("--, ,"));
        Assert.Equal((ReadingOutcome.Ok, Category.Irrelevant), (read.Outcome, read.Whole));
        Assert.Equal([Category.None], read.Words);
        Assert.Equal(Category.Relevant, AnswerReader.Read(new Completion("""{"words":[],"whole":1}"""), []).Whole);
        Assert.Equal(RejectReason.NoJson, AnswerReader.Read(new Completion("{}"), []).Reason);
    }

    [Theory]
    [InlineData("""<ACROSS_QUERY_JUDGEMENTS>{"Relevance": {"Score": 1}}</ACROSS_QUERY_JUDGEMENTS>""", "ok 1")]
    [InlineData("""{"Relevance": {"Score": 0}}""", "ok 0")]
    [InlineData("""{"ACROSS_QUERY_JUDGEMENTS":{"Relevance":{"Score":1}}}""", "ok 1")]
    [InlineData("""I would say {"Relevance": 0}. No: {"Relevance": 1}""", "ok 1")]
    [InlineData("""{"Relevance": {"Score": 0.7}}""", "coverage")]
    [InlineData("""{"red": 1}""", "no_json")]
    [InlineData("""{"Relevance": {"Sco""", "truncated")]
    public void Where_only_the_whole_was_asked_for_the_last_score_that_stands_alone_counts(string content, string expected)
    {
        var read = AnswerReader.Read(new Completion(content), Words.Split("red shoes"), AnswerForm.WholeOnly);
        var score = read.Whole == Category.Relevant ? 1 : 0;
        Assert.Equal(expected, read.Outcome == ReadingOutcome.Ok ? $"ok {score}" : OneName.Of(read.Reason));
        Assert.All(read.Words, w => Assert.Equal(Category.None, w));
    }

    [Fact]
    public void No_prefix_of_a_case_throws_or_has_a_score_that_does_not_stand_in_it()
    {
        foreach (var content in Contents())
        {
            for (var length = 0; length <= content.Length; length++) Check(content[..length]);
        }
    }

    [Fact]
    public void No_mutation_throws_or_has_a_score_that_does_not_stand_in_it()
    {
        var random = SeededRandom.For("judge answers", 1);
        string[] contents = [.. Contents()];
        string[] pieces =
        [
            "{", "}", "[", "]", "\"", "'", ",", ":", "\\", "\\u", "\ud800", "1", "0", "1e", "null", "<think>", "</think>", "WORD_SEQUENCE", "\0", "é",
        ];
        for (var i = 0; i < Mutations; i++)
        {
            var mutated = new StringBuilder(contents[random.NextInt(contents.Length)]);
            for (var changes = 1 + random.NextInt(4); changes > 0 && mutated.Length > 0; changes--)
            {
                var at = random.NextInt(mutated.Length);
                switch (random.NextInt(4))
                {
                    case 0: mutated.Remove(at, Math.Min(1 + random.NextInt(20), mutated.Length - at)); break;
                    case 1: mutated.Insert(at, pieces[random.NextInt(pieces.Length)]); break;
                    case 2: mutated[at] = (char)random.NextInt(0x250); break;
                    default: mutated.Insert(at, mutated.ToString(at, Math.Min(random.NextInt(60), mutated.Length - at))); break;
                }
            }

            Check(mutated.ToString());
        }
    }

    [Fact]
    public void Random_bytes_are_rejected_and_nothing_else()
    {
        var random = SeededRandom.For("random bytes", 1);
        for (var i = 0; i < 2_000; i++)
        {
            var bytes = Enumerable.Range(0, random.NextInt(200)).Select(_ => (byte)random.NextInt(256)).ToArray();
            Assert.Equal(ReadingOutcome.Reject, AnswerReader.Read(new Completion(Encoding.Latin1.GetString(bytes)), Words.Split(Words3[0])).Outcome);
        }
    }

    [Theory]
    [InlineData("[", 200_000)]
    [InlineData("{\"a\":", 100_000)]
    [InlineData("{\"", 100_000)]
    [InlineData("<think>", 50_000)]
    [InlineData("[1,", 100_000)]
    public void Deep_and_endless_texts_are_rejected(string piece, int times) =>
        Assert.Equal(
            ReadingOutcome.Reject, AnswerReader.Read(new Completion(string.Concat(Enumerable.Repeat(piece, times))), Words.Split(Words3[0])).Outcome);

    // A score stands there where, by a reading that knows nothing of sections, the word is followed by it.
    private static void Check(string content)
    {
        var words = Words.Split(string.Join(", ", Words3));
        var read = AnswerReader.Read(new Completion(content), words);
        if (read.Outcome == ReadingOutcome.Reject) return;
        var pairs = Pairs().Matches(content)
            .Select(m => (Word: Words.Normalise(Unescaped(m.Groups["word"].Value)), Score: m.Groups["score"].Value.TrimStart('-')[0] is '1' or 't' or 'T'))
            .ToHashSet();
        for (var i = 0; i < words.Count; i++)
        {
            if (read.Words[i] == Category.None) continue;
            Assert.True(pairs.Contains((words[i].Text, read.Words[i] == Category.Relevant)), $"{words[i].Text} {read.Words[i]} does not stand in {content}");
        }
    }

    private static string Unescaped(string text) => string.Concat(Escaped().Replace(text, m => m.Value[1..]).EnumerateRunes());

    private static (List<Word> Words, JudgeReading Reading) Read(JsonElement line)
    {
        var words = Words.Split(string.Join(", ", line.GetProperty("queries").EnumerateArray().Select(q => q.GetString())));
        return (words, AnswerReader.Read(new Completion(Text(line, "content"), Text(line, "refusal"), Text(line, "finish_reason")), words));
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static IEnumerable<string> Contents() => Cases().Select(c => Text(c, "content")).OfType<string>();

    private static string[] Listed(JsonElement expected, string name) =>
        expected.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(w => w.GetString()!)] : [];

    private static List<JsonElement> Cases()
    {
        var cases = new List<JsonElement>();
        foreach (var line in File.ReadLines(Golden.PathOf("judge_cases.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("kind").GetString() == "parse") cases.Add(json.RootElement.Clone());
        }

        return cases;
    }

    private static string Name<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());

    // Ahead of each place: pairs may stand inside one another.
    [GeneratedRegex(Key + Inner + """["']?\s*(?<score>-?[10]|true|false))""", RegexOptions.IgnoreCase)]
    private static partial Regex Pairs();

    [GeneratedRegex("""\\.""")]
    private static partial Regex Escaped();
}
