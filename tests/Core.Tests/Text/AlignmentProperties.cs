using System.Text;
using CsCheck;
using Tppo.Core.Judging;
using Tppo.Core.Text;

namespace Tppo.Core.Tests;

/// <summary>What holds of word-to-token alignment for any response and any way to cut its bytes into tokens.</summary>
public class AlignmentProperties
{
    private const int Iterations = 5_000;

    [Fact]
    public void A_token_is_of_the_word_that_it_holds_most_bytes_of_the_earlier_one_on_a_tie_and_of_none_where_it_holds_none() =>
        TokenisedResponse.Any.Sample(
            response =>
            {
                var (words, categories) = response.Aligned();
                for (var t = 0; t < response.Tokens.Length; t++)
                {
                    var held = response.HeldBy(t);
                    var expected = held.Length == 0 ? -1 : held.First(h => h.Bytes == held.Max(x => x.Bytes)).Word;
                    Assert.Equal(expected, words[t]);
                    Assert.Equal(expected < 0 ? Category.None : response.CategoryOfWord[expected], categories[t]);
                }
            },
            iter: Iterations);

    [Fact]
    public void Every_byte_of_a_word_lies_in_a_token_with_its_words_category_unless_another_word_has_as_much_of_that_token() =>
        TokenisedResponse.Any.Sample(
            response =>
            {
                var (words, categories) = response.Aligned();
                var (of, boundaries) = (response.WordOfByte, response.Boundaries);
                for (var i = 0; i < of.Length; i++)
                {
                    if (of[i] < 0) continue;
                    var token = Enumerable.Range(0, words.Length).Single(t => boundaries[t] <= i && i < boundaries[t + 1]);
                    var held = response.HeldBy(token).ToDictionary(h => h.Word, h => h.Bytes);
                    if (held.Count == 1 || held.All(h => h.Key == of[i] || h.Value < held[of[i]])) Assert.Equal(of[i], words[token]);
                    else Assert.True(held[words[token]] >= held[of[i]]);
                    Assert.Equal(response.CategoryOfWord[words[token]], categories[token]);
                }
            },
            iter: Iterations);

    [Fact]
    public void Read_back_from_its_tokens_a_word_has_the_category_that_it_was_given_however_the_response_is_cut() =>
        TokenisedResponse.Twice.Sample(
            responses =>
            {
                var (first, second) = (ReadBack(responses.Item1), ReadBack(responses.Item2));
                foreach (var word in first.Keys.Intersect(second.Keys)) Assert.Equal(first[word], second[word]);
                Assert.All(first.Concat(second), w => Assert.Equal(responses.Item1.CategoryOfWord[w.Key], w.Value));
            },
            iter: Iterations);

    [Fact]
    public void A_word_is_without_a_token_only_where_each_token_that_holds_of_it_holds_as_much_of_another() =>
        TokenisedResponse.Any.Sample(
            response =>
            {
                var owners = response.Aligned().Words;
                foreach (var word in Enumerable.Range(0, response.CategoryOfWord.Length).Except(owners))
                {
                    var holders = Enumerable.Range(0, owners.Length).Select(response.HeldBy).Where(held => held.Any(h => h.Word == word)).ToList();
                    Assert.NotEmpty(holders);
                    Assert.All(holders, held => Assert.Contains(held, h => h.Word != word && h.Bytes >= held.Single(x => x.Word == word).Bytes));
                }
            },
            iter: Iterations);

    [Fact]
    public void No_separator_white_space_padding_or_special_token_is_ever_relevant_or_irrelevant() =>
        TokenisedResponse.Any.Sample(
            response =>
            {
                var (words, categories) = response.Aligned();
                var of = response.WordOfByte;
                for (var t = 0; t < words.Length; t++)
                {
                    if (of[response.Boundaries[t]..response.Boundaries[t + 1]].Any(w => w >= 0)) continue;
                    Assert.Equal((Alignment.NoWord, Category.None), (words[t], categories[t]));
                }

                Assert.All(categories.TakeLast(response.Specials), c => Assert.Equal(Category.None, c));
            },
            iter: Iterations);

    [Fact]
    public void Bytes_that_are_no_text_are_aligned_by_what_stands_for_them() =>
        Gen.Frequency((1, Gen.Byte), (2, Gen.OneOf<byte>(0x20, 0x2C, 0x61, 0xC2, 0xA0, 0xE3, 0x80, 0xF0, 0x9F))).Array[0, 5].Array[0, 8].Sample(
            tokens =>
            {
                var text = ResponseText.Of([.. tokens.Select(t => (ReadOnlyMemory<byte>)t)]);
                var utf8 = Encoding.UTF8.GetBytes(text.Text);
                byte[][] shown = [.. tokens.Select((_, t) => utf8[text.ByteStarts[t]..text.ByteEnds[t]])];
                var count = TokenisedResponse.WordsOf(utf8).Append(-1).Max() + 1;
                var response = new TokenisedResponse(utf8, shown, 0, [.. Enumerable.Repeat(Category.Relevant, count)]);
                var words = Alignment.WordOfToken(Words.Split(text.Text), text.ByteStarts, text.ByteEnds);
                for (var t = 0; t < tokens.Length; t++)
                {
                    var held = response.HeldBy(t);
                    Assert.Equal(held.Length == 0 ? -1 : held.First(h => h.Bytes == held.Max(x => x.Bytes)).Word, words[t]);
                }
            },
            iter: Iterations);

    [Fact]
    public void The_responses_are_as_nasty_as_they_are_meant_to_be()
    {
        var responses = TokenisedResponse.Any.Array[4000].Single();
        var held = responses.SelectMany(r => Enumerable.Range(0, r.Tokens.Length).Select(r.HeldBy)).ToList();
        Assert.Contains(held, h => h.Length > 2);
        Assert.Contains(held, h => h.Length > 1 && h.Count(x => x.Bytes == h.Max(y => y.Bytes)) > 1);
        Assert.Contains(held, h => h.Length > 1 && h[^1].Bytes > h[0].Bytes);
        Assert.Contains(responses, r => r.Tokens.Any(t => t.Length > 0 && (t[0] & 0xC0) == 0x80));
        Assert.Contains(responses, r => r.Tokens.SkipLast(r.Specials + 1).Skip(1).Any(t => t.Length == 0));
        Assert.Contains(responses, r => r.CategoryOfWord.Length > r.Aligned().Words.Where(w => w >= 0).Distinct().Count());
        Assert.Contains(responses, r => r.Utf8.Length > 3 && r.CategoryOfWord.Length == 0);
        Assert.Contains(responses, r => r.Utf8.Length == 0 && r.Tokens.Length > 1);
        Assert.Contains(responses, r => r.CategoryOfWord.Length > 5);
    }

    // The category of each word that has a token; tokens of one word that differ are a failure.
    private static Dictionary<int, Category> ReadBack(TokenisedResponse response)
    {
        var (words, categories) = response.Aligned();
        return words.Zip(categories).Where(t => t.First != Alignment.NoWord).GroupBy(t => t.First, t => t.Second)
            .ToDictionary(w => w.Key, w => Assert.Single(w.Distinct()));
    }
}
