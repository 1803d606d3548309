using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using CsCheck;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Tests.Tokenizing;

public sealed class TokenizerTests : IDisposable
{
    private const string Plain = """{"model":{"type":"BPE","vocab":{"a":0},"merges":[]},"added_tokens":[]""";
    private static readonly string[] Texts = ["running shoes", "best running shoes for women", "red shoes, running", "run the shoes 42", "café près de moi"];

    private readonly string folder = Directory.CreateTempSubdirectory("tokenizer-tests").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("gpt2", false)]
    [InlineData("tokenizers/llama3", false)]
    [InlineData("tokenizers/qwen2", true)]
    [InlineData("tokenizers/smollm2", false)]
    [InlineData("tokenizers/sentencepiece", false)]
    public void Ids_and_bytes_are_those_of_the_tokenizers_library_and_of_SentencePiece(string name, bool composes)
    {
        var tokenizer = Tokenizer.OfFolder(Golden.PathOf(name));
        foreach (var line in File.ReadLines(Golden.PathOf(name, "expected.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            var text = json.RootElement.GetProperty("text").GetString()!;
            var expected = json.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();
            var actual = tokenizer.Encode(text);
            Assert.True(
                expected.SequenceEqual(actual), $"{JsonSerializer.Serialize(text)}: expected {string.Join(' ', expected)}, got {string.Join(' ', actual)}");
            Assert.Equal(
                json.RootElement.GetProperty("bytes").EnumerateArray().Select(hex => hex.GetString()),
                actual.Select(id => Convert.ToHexStringLower(tokenizer.Bytes(id))));
            var before = text.Length == 0 ? "" : new string(' ', tokenizer.SpacesBefore);
            Assert.Equal(before + (composes ? text.Normalize() : text), tokenizer.Decode(actual));
        }
    }

    [Fact]
    public void A_saved_tokenizer_has_the_same_bytes_and_ids_when_read()
    {
        var trained = BpeTrainer.Train(Texts, 300);
        var path = Path.Combine(folder, "tokenizer.json");
        trained.Save(path);
        var read = Tokenizer.Load(path);
        Assert.Equal(trained.Sha256, read.Sha256);
        Assert.Equal(trained.VocabularySize, read.VocabularySize);
        Assert.All(Texts, text => Assert.Equal(trained.Encode(text), read.Encode(text)));
        var again = Path.Combine(folder, "again.json");
        read.Save(again);
        Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again));
    }

    [Fact]
    public void The_first_merge_is_the_most_frequent_pair_and_the_lower_ids_win_a_tie()
    {
        var tokenizer = BpeTrainer.Train(["abab abab", "cdcd"], 264);
        Assert.Equal("ab", tokenizer.Decode([263]));
        var tied = BpeTrainer.Train(["xy ab"], 264);
        // "xy", "ab" and " a" occur once each; the space's stand-in comes after the letters.
        Assert.Equal("ab", tied.Decode([263]));
    }

    [Fact]
    public void Merges_overlap_from_the_left()
    {
        var tokenizer = BpeTrainer.Train(["aaa aaa"], 264);
        Assert.Equal("aa", tokenizer.Decode([263]));
        Assert.Equal([263, tokenizer.Encode("a")[0]], tokenizer.Encode("aaa"));
    }

    [Fact]
    public void Order_of_texts_does_not_matter_but_how_often_they_occur_does()
    {
        Assert.Equal(BpeTrainer.Train(Texts, 320).Sha256, BpeTrainer.Train(Texts.Reverse(), 320).Sha256);
        Assert.NotEqual(BpeTrainer.Train(Texts, 320).Sha256, BpeTrainer.Train([.. Texts, .. Enumerable.Repeat("zzzz", 50)], 320).Sha256);
    }

    [Fact]
    public void Special_tokens_in_peoples_text_are_letters()
    {
        var tokenizer = BpeTrainer.Train(["<eos> <eos> <eos> <pad>"], 400);
        foreach (var special in SpecialTokens.OwnTexts)
        {
            var ids = tokenizer.Encode(special);
            Assert.All(ids, id => Assert.True(id > SpecialTokens.Own.Visit));
            Assert.Equal(special, tokenizer.Decode(ids));
        }
    }

    [Fact]
    public void Specials_have_fixed_ids_and_no_bytes()
    {
        var tokenizer = BpeTrainer.Train(Texts, 263);
        Assert.Equal(263, tokenizer.VocabularySize);
        Assert.Equal(["<pad>", "<eos>", "<r>", "<search>", "<click>", "<purchase>", "<visit>"], SpecialTokens.OwnTexts);
        var own = SpecialTokens.Own;
        Assert.Equal(own, tokenizer.Specials);
        Assert.Equal("", tokenizer.Decode([own.Pad, own.End, own.Response, own.Search, own.Click, own.Purchase, own.Visit]));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Bytes(263).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Bytes(-1).Length);
    }

    [Fact]
    public void Training_stops_where_nothing_is_left_to_merge()
    {
        var tokenizer = BpeTrainer.Train(["ab"], 1000);
        Assert.Equal(264, tokenizer.VocabularySize);
        Assert.Throws<ArgumentOutOfRangeException>(() => BpeTrainer.Train(["ab"], 262));
    }

    [Fact]
    public void Any_text_comes_back_as_it_was()
    {
        var tokenizer = BpeTrainer.Train(Texts, 320);
        Gen.String.Sample(text =>
        {
            var ids = tokenizer.Encode(text);
            Assert.All(ids, id => Assert.True(id > SpecialTokens.Own.Visit));
            Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), tokenizer.Decode(ids));
        });
    }

    [Fact]
    public void Pieces_cover_a_text_without_gap()
    {
        Gen.String.Sample(text =>
        {
            var at = 0;
            foreach (var (offset, length) in WordSplitter.Split(text))
            {
                Assert.Equal(at, offset);
                Assert.True(length > 0);
                at += length;
            }

            Assert.Equal(text.Length, at);
        });
    }

    [Fact]
    public void Letters_beyond_the_first_plane_are_letters()
    {
        Assert.Equal(["a\U00010348b", "!"], Pieces("a\U00010348b!"));
        Assert.Equal(["two", " ", " spaces", " \n", "\n", "x", "'s"], Pieces("two  spaces \n\nx's"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Llamas_pieces_are_those_of_its_expression(int digits)
    {
        // Within the first plane .NET's expressions see whole characters.
        var expression = new Regex(LlamaSplitter.Expression(digits), RegexOptions.CultureInvariant);
        var splitter = new LlamaSplitter(digits);
        const string Characters = " \t\r\n\u00A0\u2003ab\u00E9\u4E2D'sStTrReEvVlLmMdD0129\u0663\u00BD-_.,!?\"#\u20AC\u0301";
        Gen.Char[Characters].Array[0, 24].Select(chars => new string(chars)).Sample(
            text => Assert.Equal(expression.Matches(text).Select(match => (match.Index, match.Length)), splitter.PreTokenize(text)),
            iter: 20_000);
    }

    [Fact]
    public void Digits_stand_alone_where_they_are_to()
    {
        var text = "in 2024, x\u00BD\U0001D7D9y";
        string[] pieces = [.. new DigitSplitter().PreTokenize(text).Select(piece => text.Substring(piece.Offset, piece.Length))];
        Assert.Equal(["in", " ", "2", "0", "2", "4", ",", " x", "\u00BD", "\U0001D7D9", "y"], pieces);
    }

    [Theory]
    [InlineData("{", "other.json")]
    [InlineData("{}", "other.json")]
    [InlineData("""{"model":{"type":"Unigram"},"added_tokens":[]}""", "model.type")]
    [InlineData("""{"model":{"type":"BPE","vocab":{},"merges":[]},"pre_tokenizer":null,"added_tokens":[]}""", "pre_tokenizer")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0}},"added_tokens":[]}""", "model.merges")]
    [InlineData("""{"model":{"type":"BPE","merges":[]},"added_tokens":[]}""", "model.vocab")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":2},"merges":[]},"added_tokens":[]}""", "none of id 1")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]},"added_tokens":[]}""", "0 twice")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0,"b":1},"merges":["a b"]},"added_tokens":[]}""", "model.merges[0]")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[["a"]]},"added_tokens":[]}""", "model.merges[0]")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0},"merges":[],"byte_fallback":true},"added_tokens":[]}""", "model.byte_fallback")]
    [InlineData(Plain + ""","normalizer":{"type":"Lowercase"},"pre_tokenizer":{"type":"ByteLevel"}}""", "normalizer")]
    [InlineData(Plain + ""","pre_tokenizer":{"type":"ByteLevel","add_prefix_space":true}}""", "pre_tokenizer")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":-5},"merges":[]},"added_tokens":[]}""", "id")]
    public void A_file_of_another_kind_is_refused_in_a_line_that_names_file_and_key(string text, string key)
    {
        var path = Path.Combine(folder, "other.json");
        File.WriteAllText(path, text);
        var refused = Assert.Throws<InvalidDataException>(() => Tokenizer.Load(path)).Message;
        Assert.Contains("other.json", refused, StringComparison.Ordinal);
        Assert.Contains(key, refused, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused);
    }

    private static string[] Pieces(string text) => [.. WordSplitter.Split(text).Select(piece => text.Substring(piece.Offset, piece.Length))];
}
