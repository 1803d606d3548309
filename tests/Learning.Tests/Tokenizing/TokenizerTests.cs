using System.Text;
using System.Text.Json;
using CsCheck;
using Tppo.Learning.Tokenizing;

namespace Tppo.Learning.Tests.Tokenizing;

public sealed class TokenizerTests : IDisposable
{
    private static readonly string[] Texts = ["running shoes", "best running shoes for women", "red shoes, running", "run the shoes 42", "café près de moi"];

    private readonly string folder = Directory.CreateTempSubdirectory("tokenizer-tests").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Ids_and_bytes_are_those_of_the_tokenizers_library()
    {
        var tokenizer = Tokenizer.Load(Golden.PathOf("gpt2", "tokenizer.json"));
        foreach (var line in File.ReadLines(Golden.PathOf("gpt2", "expected.jsonl")))
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
            Assert.Equal(text, tokenizer.Decode(actual));
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

    [Fact]
    public void A_file_of_another_kind_is_refused_in_one_line()
    {
        var path = Path.Combine(folder, "other.json");
        string[] files =
        [
            "{", "{}", """{"model":{"type":"Unigram"},"added_tokens":[]}""",
            """{"model":{"type":"BPE","vocab":{},"merges":[]},"pre_tokenizer":null,"added_tokens":[]}""",
        ];
        foreach (var text in files)
        {
            File.WriteAllText(path, text);
            Assert.Contains("other.json", Assert.Throws<InvalidDataException>(() => Tokenizer.Load(path)).Message, StringComparison.Ordinal);
        }
    }

    private static string[] Pieces(string text) => [.. WordSplitter.Split(text).Select(piece => text.Substring(piece.Offset, piece.Length))];
}
